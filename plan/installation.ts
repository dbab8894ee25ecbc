import { objectKey } from "../model/inventory.ts";

/** One Installation a namespace, always of this name: upstream's CLI looks for it there. */
export const installationName = "krateoctl";

/** What upstream's CLI puts on it, and never takes off. */
export const protectiveFinalizer = "krateoctl.krateo.io/protect-state";

const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;

/** The kind of the Installation snapshot, as upstream's CLI defines it. */
export const installationCrd = {
  metadata: { name: "installations.krateo.io" },
  spec: {
    group: "krateo.io",
    scope: "Namespaced",
    names: {
      kind: "Installation",
      listKind: "InstallationList",
      plural: "installations",
      singular: "installation",
      categories: ["krateo", "krateoctl", "installation"],
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          {
            name: "VERSION",
            type: "string",
            jsonPath: ".metadata.annotations['krateo\\.io/installation-version']",
          },
          { name: "AGE", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["spec"],
                properties: {
                  spec: {
                    type: "object",
                    properties: {
                      componentsDefinition: open,
                      steps: { type: "array", items: open },
                      installationVersion: { type: "string" },
                    },
                  },
                },
              },
              status: open,
            },
          },
        },
      },
    ],
  },
};

/** Keys of both in `Inventory.objects`. */
export const installationKey = {
  crd: objectKey(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    undefined,
    installationCrd.metadata.name,
  ),
  object: (namespace: string) => objectKey("krateo.io/v1", "Installation", namespace, installationName),
};

/** Annotation of the Installation with the platform version, as upstream's CLI writes it. */
export const versionAnnotation = "krateo.io/installation-version";
