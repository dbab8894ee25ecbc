import type { JsonObject } from "../../model/settings.ts";

/** Where the platform is installed. */
export const namespace = "krateo-system";

/** A Namespace with labels, such as the one that has pods restricted. */
export const namespaceOf = (name: string, labels = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
