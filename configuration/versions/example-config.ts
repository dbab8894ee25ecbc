/** What a type of exposure cannot do without, for a look at a version that no stack has asked for. */
import type { ReleaseType } from "../../model/settings.ts";

/** Keys of the stack configuration, by type. */
export const exampleConfig: Readonly<Record<ReleaseType, Readonly<Record<string, unknown>>>> = {
  nodeport: {},
  loadbalancer: {},
  ingress: { domain: "krateo.example.org" },
  gateway: { domain: "krateo.example.org", gatewayClass: "example" },
  routes: { openshift: true },
};
