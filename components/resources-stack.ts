/** Records the cluster's resources in the database and serves them to snowplow. */
import { database, databaseProgram } from "./database-programs.ts";
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";
import { attachment, ownService } from "./outside.ts";
import { databaseLogin, signKey } from "./secrets.ts";
import { noServiceAnnotations } from "./value-limits.ts";

export const resourcesStack: ComponentDescription = {
  name: "resources-stack",
  typeToken: "krateo:platform:ResourcesStack",
  steps: [
    {
      id: "install-resources-ingester",
      needs: [database, databaseLogin],
      // Since 1.0.3 it looks for the table itself, at once and then after 1, 2, 4, 8, 16 and 30 s, until DB_READY_TIMEOUT,
      // and opens its port once the table is there. deviser makes the table in one transaction with its indexes, seconds
      // after it starts; that it is ready, 45 s later, says nothing more of the table. Where the columns are not those that
      // it expects, it exits, and Kubernetes starts it again until deviser has changed them.
      uses: [{ on: "install-deviser", why: "it waits for the table that deviser makes" }],
      chart: {
        name: "resources-ingester",
        ...databaseProgram,
        clusterScoped: { ClusterRole: [/^resources-ingester-events$/] },
        images: [krateoImage("resources-ingester", "1.1.0")],
      },
    },
    {
      id: "install-resources-presenter",
      needs: [database, databaseLogin, signKey],
      chart: {
        name: "resources-presenter",
        ...databaseProgram,
        // D6, D7: only snowplow calls it.
        service: {
          role: "internal",
          port: 8080,
          targetPort: 8085,
          nodePort: 30084,
          onNodePort: false,
          hostLabel: "resources-presenter",
          takesAnnotations: false,
          takesNodePort: false,
        },
        clusterScoped: { ClusterRole: [/^resources-presenter$/] },
        images: [krateoImage("resources-presenter", "0.10.3")],
        limits: [noServiceAnnotations("0.10.3")],
      },
    },
    ownService("resources-presenter"),
    attachment("resources-presenter"),
  ],
};
