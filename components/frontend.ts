/** The page that users open. */
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";
import { attachment, route } from "./outside.ts";

export const frontend: ComponentDescription = {
  name: "frontend",
  typeToken: "krateo:platform:Frontend",
  steps: [
    {
      id: "install-frontend",
      needs: [],
      chart: {
        name: "frontend",
        service: {
          role: "page",
          port: 8080,
          targetPort: 8080,
          nodePort: 30080,
          onNodePort: true,
          hostLabel: "app",
          takesAnnotations: true,
          takesNodePort: true,
          healthPath: "/",
        },
        readAtStart: [["env"]],
        clusterScoped: { CustomResourceDefinition: [/^\w+\.widgets\.templates\.krateo\.io$/] },
        images: [krateoImage("frontend", "1.0.23")],
      },
    },
    route("frontend"),
    attachment("frontend"),
  ],
};
