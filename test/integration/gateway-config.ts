import assert from "node:assert/strict";
import type { JsonObject } from "../../model/settings.ts";
import { gatewayClass } from "../../rehearsal/simulation/gateway-kinds.ts";
import { browserServices } from "../support/exposure.ts";
import { live } from "../support/rehearsed-cluster.ts";

export const group = "gateway.networking.k8s.io";
export const gatewayApi = { apiVersion: `${group}/v1` };

const hosts = {
  frontend: "app.krateo.example.org",
  authn: "authn.krateo.example.org",
  snowplow: "snowplow.krateo.example.org",
  eventsPresenter: "events-presenter.krateo.example.org",
};
/** The addresses of all Services, by their key. */
export const urls = (scheme: string) =>
  Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, `${scheme}://${host}`]));

/** Type gateway with a Gateway of our own. */
export const withGateway = { type: "gateway", domain: "krateo.example.org", gatewayClass };

interface Status {
  readonly conditions?: readonly { readonly status: string }[];
}

/** The HTTPRoute of that name. */
export async function attachment(name: string) {
  return (await live("HTTPRoute", name, gatewayApi)) as unknown as
    | {
        spec: { hostnames: string[]; parentRefs: JsonObject[]; rules: JsonObject[] };
        status: { parents: Status[] };
      }
    | undefined;
}

/** Fails unless nothing of the Gateway API is left in the platform's namespace. */
export async function noGateway(): Promise<void> {
  for (const name of [...browserServices, "redirect-to-https"]) {
    assert.equal(await attachment(name), undefined, name);
  }
  assert.equal(await live("Gateway", "krateo", gatewayApi), undefined);
}
