/** oasgen-provider makes operators from OpenAPI documents. */
import type { ComponentDescription } from "./description.ts";
import { noPullSecrets, pullSecrets } from "./value-limits.ts";

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
        limits: [
          pullSecrets("0.11.1"),
          noPullSecrets("0.11.1", ["rdc", "imagePullSecrets"], "the controllers of REST resources"),
        ],
      },
    },
  ],
};
