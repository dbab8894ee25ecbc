/** oasgen-provider makes operators from OpenAPI documents. */
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";

export const operatorGenerator: ComponentDescription = {
  name: "operator-generator",
  typeToken: "krateo:platform:OperatorGenerator",
  steps: [
    {
      id: "install-oasgen-provider",
      needs: [],
      chart: {
        name: "oasgen-provider",
        readAtStart: [["env"]],
        clusterScoped: { CustomResourceDefinition: [/^restdefinitions\.ogen\.krateo\.io$/] },
        generates: { namedBy: { group: "ogen.krateo.io", kind: "RestDefinition" } },
        images: [
          krateoImage("oasgen-provider", "0.11.1"),
          krateoImage("rest-dynamic-controller", "0.11.1", {
            tag: "0.7.0",
            below: ["rdc"],
            login: { none: "the controllers of REST resources", ignored: ["rdc", "imagePullSecrets"] },
            startedBy: "oasgen-provider, for each RestDefinition",
          }),
        ],
      },
    },
  ],
};
