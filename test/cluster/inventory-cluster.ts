/** Settings whose inventory is read, and objects of the cluster. */

import { chartStep, objectStep, settingsOf } from "../support/settings.ts";

export const settings = settingsOf([
  chartStep("install-authn"),
  chartStep("install-far", { release: { name: "far", namespace: "elsewhere" } }),
  objectStep("note", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "note" } }),
  {
    ...objectStep("off", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "off" } }),
    enabled: false,
  },
]);

export const system = "/api/v1/namespaces/kube-system";

export const named = (name: string, given: object = {}) => ({
  metadata: { name, uid: `uid-${name}`, ...given },
});
