import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { create, get, type KubeObject, pathOf } from "../../cluster/client/api.ts";
import { ApiError } from "../../cluster/client/api-errors.ts";
import type { Connection } from "../../cluster/client/connection.ts";
import { controllerName } from "./rules/gateways.ts";

const group = "gateway.networking.k8s.io";
const definitions = "apiextensions.k8s.io/v1";

/** The definition of each kind of the Gateway API that the rehearsal's cluster can serve. */
export const gatewayKinds: readonly KubeObject[] = parse(
  readFileSync(join(import.meta.dirname, "gateway-kinds.yaml"), "utf8"),
  { merge: true },
);

/** The class of Gateways that the stand-in for a controller serves. */
export const gatewayClass = "rehearsal";

/** Gives a cluster the Gateway API and a class of Gateways; safe to repeat. */
export async function furnishGatewayApi(connection: Connection): Promise<void> {
  for (const kind of gatewayKinds) {
    await ensure(connection, pathOf(definitions, "customresourcedefinitions"), kind);
  }
  await untilServed(connection);
  await ensure(connection, pathOf(`${group}/v1`, "gatewayclasses"), {
    apiVersion: `${group}/v1`,
    kind: "GatewayClass",
    metadata: { name: gatewayClass },
    spec: { controllerName },
  });
}

async function ensure(connection: Connection, path: string, object: object): Promise<void> {
  await create(connection, path, object).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  });
}

/** A kind is served a moment after its definition is there. */
async function untilServed(connection: Connection): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
    const lists = ["gatewayclasses", "gateways", "httproutes"].map((plural) => pathOf(`${group}/v1`, plural));
    const found = await Promise.all(
      [...lists, pathOf(`${group}/v1beta1`, "referencegrants")].map((path) => get(connection, path)),
    );
    if (found.every((answer) => answer !== undefined)) return;
  }
  throw new Error("the API server does not serve the Gateway API");
}
