/** core-provider turns Helm charts into custom resources and runs their compositions. */
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";

export const composableOperations: ComponentDescription = {
  name: "composable-operations",
  typeToken: "krateo:platform:ComposableOperations",
  steps: [
    {
      id: "install-core-provider",
      needs: [],
      chart: {
        name: "core-provider",
        readAtStart: [["env"], ["chartInspector", "env"]],
        clusterScoped: {
          CustomResourceDefinition: [/^compositiondefinitions\.core\.krateo\.io$/],
          ValidatingAdmissionPolicy: [/^core-provider-compositions-max-name-length-policy$/],
        },
        rights: [
          {
            group: "admissionregistration.k8s.io",
            resources: ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
            namespaced: false,
          },
        ],
        leaves: [{ kind: "MutatingWebhookConfiguration", name: "core-provider", maker: "container" }],
        generates: { group: "composition.krateo.io" },
        images: [
          krateoImage("core-provider", "1.0.0"),
          krateoImage("chart-inspector", "1.0.0", { tag: "1.0.0", below: ["chartInspector"] }),
          krateoImage("composition-dynamic-controller", "1.0.0", {
            tag: "1.0.0",
            below: ["cdc"],
            login: { none: "the controllers of compositions", ignored: ["cdc", "imagePullSecrets"] },
            startedBy: "core-provider, for each CompositionDefinition",
          }),
        ],
        limits: [
          {
            from: "0.34.0",
            upTo: "1.0.0",
            path: ["podAnnotations"],
            when: "filled",
            kind: "refused",
            why: "cannot render podAnnotations: its template fails (nil pointer evaluating interface {}.fullnameOverride)",
            next: "its pods take labels: HERE.podLabels",
          },
        ],
      },
    },
  ],
};
