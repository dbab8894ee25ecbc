/** Stores Kubernetes events and streams them to browsers. */
import { database, databaseProgram } from "./database-programs.ts";
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";
import { attachment, ownService, route } from "./outside.ts";
import { databaseLogin, signKey } from "./secrets.ts";
import { noServiceAnnotations } from "./value-limits.ts";

export const eventsStack: ComponentDescription = {
  name: "events-stack",
  typeToken: "krateo:platform:EventsStack",
  steps: [
    {
      id: "install-events-ingester",
      needs: [database, databaseLogin],
      // Events that it sees before the tables are there are lost: those of the installation itself, seconds long. To wait
      // would cost it deviser's 45 s.
      uses: [{ on: "install-deviser", why: "it makes the tables that events are written to" }],
      chart: {
        name: "events-ingester",
        ...databaseProgram,
        clusterScoped: { ClusterRole: [/^events-ingester-events$/] },
        images: [krateoImage("events-ingester", "0.5.1")],
      },
    },
    {
      id: "install-events-presenter",
      needs: [database, databaseLogin, signKey],
      uses: [{ on: "install-deviser", why: "it makes the tables that events are read from" }],
      chart: {
        name: "events-presenter",
        ...databaseProgram,
        service: {
          role: "api",
          port: 8083,
          targetPort: 8083,
          nodePort: 30083,
          onNodePort: true,
          hostLabel: "events-presenter",
          takesAnnotations: false,
          takesNodePort: false,
          healthPath: "/readyz",
          urlKeys: ["EVENTS_API_BASE_URL", "EVENTS_PUSH_API_BASE_URL"],
        },
        images: [krateoImage("events-presenter", "0.7.4")],
        limits: [noServiceAnnotations("0.7.4")],
      },
    },
    ownService("events-presenter"),
    route("events-presenter"),
    attachment("events-presenter"),
  ],
};
