/** An installation of one chart: its settings, and what is observed of a cluster where all is as they say. */

import { verify } from "../../../../cluster/checks/verification/verification.ts";
import type { KubeObject } from "../../../../cluster/client/api.ts";
import type { Observation } from "../../../../cluster/observation.ts";
import type { Check } from "../../../../model/check.ts";
import type { SecretContent } from "../../../../model/secret-content.ts";
import type { JsonObject, Settings } from "../../../../model/settings.ts";
import { chartStep, settingsOf } from "../../../support/settings.ts";
import { helmRelease } from "../../helm-releases.ts";

const objects = [
  { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "authn" }, spec: { replicas: 2 } },
  { apiVersion: "v1", kind: "Service", metadata: { name: "authn" } },
];
export const manifest = objects.map((object) => JSON.stringify(object)).join("\n---\n");
export const service = { type: "NodePort", port: 8082, nodePort: "30082" };
export const authn = chartStep("install-authn", { values: { service } });
export const settings = settingsOf([authn]);

export const deployment = (replicas: number, available = replicas) => ({
  metadata: { name: "authn", namespace: "krateo-system", uid: "d" },
  spec: { replicas },
  status: { availableReplicas: available, updatedReplicas: replicas },
});

export const liveService = (spec: object) => ({ metadata: { name: "authn", uid: "s" }, spec });
export const nodePortService = liveService({ type: "NodePort", ports: [{ port: 8082, nodePort: 30082 }] });

/** A snapshot as the API answers. */
export const asJson = (snapshot: unknown) => snapshot as JsonObject;

/** A workload that is older than its ConfigMap. */
export const outdatedAuthn: Observation["outdated"][number] = {
  kind: "Deployment",
  name: "authn",
  namespace: "krateo-system",
  release: "authn",
  configMap: "authn",
  changedAt: "2026-01-01T10:20:00Z",
  startedAt: "2026-01-01T10:10:00Z",
};

/** A cluster in which all is as `settings` say; `given` is what is not. */
export const observed = (given: Partial<Observation> = {}): Observation => ({
  outdated: [],
  installation: { metadata: { name: "krateoctl", uid: "i" }, spec: { spec: asJson(settings.snapshot) } },
  releases: new Map([["krateo-system/authn", helmRelease("authn", { manifest, version: 4 })]]),
  objects: new Map<string, KubeObject>([
    ["Deployment/krateo-system/authn", deployment(2)],
    ["Service/krateo-system/authn", nodePortService],
  ]),
  secrets: new Map<string, SecretContent>([
    ["jwt-sign-key", { data: { JWT_SIGN_KEY: "k" } }],
    ["krateo-db", { data: { DB_USER: "u", DB_PASS: "p" } }],
    ["krateo-db-user", { data: { username: "u", password: "p" } }],
  ]),
  clusters: new Map(),
  databases: [],
  ingressHosts: new Map(),
  routes: new Map(),
  httpRoutes: new Map(),
  gateways: new Map(),
  ...given,
});

/** What is not OK. */
export const faults = (given: Partial<Observation>, wanted: Settings = settings): Check[] =>
  verify(wanted, observed(given)).filter((check) => check.status !== "OK");

/** With another object under a key, or without it. */
export const withObject = (key: string, object: object | undefined): Partial<Observation> => {
  const changed = new Map(observed().objects);
  if (object) changed.set(key, object as KubeObject);
  else changed.delete(key);
  return { objects: changed };
};
