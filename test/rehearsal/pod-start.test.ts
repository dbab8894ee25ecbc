import assert from "node:assert/strict";
import type { V1Pod, V1PodSpec } from "@kubernetes/client-node";
import {
  type DatabaseEndpoint,
  decidePodStart,
  type PodSurroundings,
} from "../../rehearsal/simulation/pod-start.ts";

const database = (access: DatabaseEndpoint["access"], more: Partial<DatabaseEndpoint> = {}) => ({
  database: { cluster: "pg-cluster", ready: true, instances: 1, access, tables: [], ...more },
});

const around: PodSurroundings = {
  secrets: new Map([
    ["jwt-sign-key", ["JWT_SIGN_KEY"]],
    ["krateo-db", ["DB_USER", "DB_PASS"]],
  ]),
  configMaps: new Map([["settings", ["a"]]]),
  services: new Map<string, { database?: DatabaseEndpoint }>([
    ["pg-cluster-rw", database("rw", { tables: ["k8s_events", "krateo_resources"] })],
    ["pg-cluster-ro", database("ro")],
    ["empty-rw", database("rw", { cluster: "empty" })],
    ["three-ro", database("ro", { cluster: "three", instances: 3 })],
    ["starting-rw", database("rw", { cluster: "starting", ready: false, instances: 3 })],
    ["outside-db", {}],
  ]),
};

const pod = (spec: Partial<V1PodSpec>): V1Pod => ({
  metadata: { name: "p", namespace: "krateo-system" },
  spec: { containers: [{ name: "main", image: "i" }], ...spec },
});
const main = (container: object): V1Pod => pod({ containers: [{ name: "main", image: "i", ...container }] });
const env = (name: string, valueFrom: object) => main({ env: [{ name, valueFrom }] });
const host = (value: string) => main({ env: [{ name: "DB_HOST", value }] });
const program = (name: string, dbHost: string): V1Pod => ({
  ...host(dbHost),
  metadata: { name: "p", namespace: "krateo-system", labels: { "app.kubernetes.io/name": name } },
});

const start = { start: true };
const config = (message: string, container = "main") => ({
  start: false,
  reason: "CreateContainerConfigError",
  message,
  container,
});
const mount = (message: string) => ({ start: false, reason: "FailedMount", message });
const unready = (message: string) => ({ start: false, reason: "Unready", message });

const table: [string, V1Pod, object][] = [
  ["starts when it asks for nothing", pod({}), start],
  [
    "starts when its envFrom Secret exists",
    main({ envFrom: [{ secretRef: { name: "jwt-sign-key" } }] }),
    start,
  ],
  [
    "waits for an envFrom Secret, by name",
    main({ envFrom: [{ secretRef: { name: "nothing" } }] }),
    config('secret "nothing" not found'),
  ],
  [
    "starts without an optional envFrom Secret",
    main({ envFrom: [{ secretRef: { name: "nothing", optional: true } }] }),
    start,
  ],
  [
    "waits for an envFrom ConfigMap, by name",
    main({ envFrom: [{ configMapRef: { name: "nothing" } }] }),
    config('configmap "nothing" not found'),
  ],
  [
    "starts when a Secret's key exists",
    env("P", { secretKeyRef: { name: "krateo-db", key: "DB_PASS" } }),
    start,
  ],
  [
    "waits for the Secret of a key",
    env("P", { secretKeyRef: { name: "nothing", key: "DB_PASS" } }),
    config('secret "nothing" not found'),
  ],
  [
    "waits for a key that its Secret lacks",
    env("P", { secretKeyRef: { name: "krateo-db", key: "PASSWORD" } }),
    config("couldn't find key PASSWORD in Secret krateo-system/krateo-db"),
  ],
  [
    "starts without an optional key",
    env("P", { secretKeyRef: { name: "krateo-db", key: "PASSWORD", optional: true } }),
    start,
  ],
  [
    "waits for a key that its ConfigMap lacks",
    env("P", { configMapKeyRef: { name: "settings", key: "b" } }),
    config("couldn't find key b in ConfigMap krateo-system/settings"),
  ],
  ["starts with values of the pod itself", env("P", { fieldRef: { fieldPath: "metadata.name" } }), start],
  [
    "names the init container that cannot be configured",
    pod({ initContainers: [{ name: "init", envFrom: [{ secretRef: { name: "nothing" } }] }] }),
    config('secret "nothing" not found', "init"),
  ],
  [
    "waits for the Secret of a volume",
    pod({ volumes: [{ name: "v", secret: { secretName: "nothing" } }] }),
    mount('MountVolume.SetUp failed for volume "v" : secret "nothing" not found'),
  ],
  [
    "waits for the ConfigMap of a projected volume",
    pod({ volumes: [{ name: "v", projected: { sources: [{ configMap: { name: "nothing" } }] } }] }),
    mount('MountVolume.SetUp failed for volume "v" : configmap "nothing" not found'),
  ],
  [
    "starts without an optional volume",
    pod({ volumes: [{ name: "v", secret: { secretName: "nothing", optional: true } }] }),
    start,
  ],
  ["starts when its database is ready", host("pg-cluster-rw"), start],
  [
    "is not ready while its database is not",
    host("starting-rw"),
    unready('database host "starting-rw": Cluster starting is not ready'),
  ],
  [
    "is not ready without its database's Service",
    host("nothing"),
    unready('database host "nothing": no such Service in krateo-system'),
  ],
  [
    "is not ready when a single instance leaves no standby to read from",
    host("pg-cluster-ro"),
    unready('database host "pg-cluster-ro": Cluster pg-cluster has no standby instance to read from'),
  ],
  ["starts when a standby can be read from", host("three-ro"), start],
  [
    "starts as resources-ingester when its table is there",
    program("resources-ingester", "pg-cluster-rw"),
    start,
  ],
  [
    "is not ready as resources-ingester before its table is there",
    program("resources-ingester", "empty-rw"),
    { ...unready('database host "empty-rw": table krateo_resources does not exist'), tableIn: "empty" },
  ],
  [
    "waits as resources-ingester for the database before it waits for the table",
    program("resources-ingester", "starting-rw"),
    unready('database host "starting-rw": Cluster starting is not ready'),
  ],
  [
    "is not ready as deviser before it has made that table",
    program("deviser", "empty-rw"),
    { ...unready('database host "empty-rw": table krateo_resources does not exist'), tableIn: "empty" },
  ],
  ["starts as any other program without tables", program("events-presenter", "empty-rw"), start],
  [
    "takes a host elsewhere for a database with tables",
    program("resources-ingester", "db.example.com"),
    start,
  ],
  ["takes a Service without a Cluster for a database that is there", host("outside-db"), start],
  ["takes a host elsewhere for a database that is there", host("db.example.com"), start],
  [
    "knows its own namespace in a host name",
    host("nothing.krateo-system.svc.cluster.local"),
    unready('database host "nothing.krateo-system.svc.cluster.local": no such Service in krateo-system'),
  ],
  ["leaves other namespaces alone", host("nothing.elsewhere.svc"), start],
  [
    "looks at its configuration before its database",
    main({ envFrom: [{ secretRef: { name: "nothing" } }], env: [{ name: "DB_HOST", value: "starting-rw" }] }),
    config('secret "nothing" not found'),
  ],
];

describe("a simulated pod", () => {
  for (const [rule, given, expected] of table) {
    it(rule, () => assert.deepEqual(decidePodStart(given, around), expected));
  }
});
