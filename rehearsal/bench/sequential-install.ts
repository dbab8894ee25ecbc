import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as jq from "jq-wasm";
import { create, type KubeObject, list, pathOf, resourceOf } from "../../cluster/client/api.ts";
import { type Connection, connect } from "../../cluster/client/connection.ts";
import { readObject } from "../../cluster/client/read-object.ts";
import { readinessOf, waitedResources } from "../../cluster/diagnose/workload.ts";
import { readNodes } from "../../cluster/nodes.ts";
import { nodeAddressOf, nodeAddressVariable } from "../../configuration/exposure/node-address.ts";
import { expandVariables } from "../../configuration/variables.ts";
import type { ChartStep, JsonObject, Settings, VariableStep } from "../../model/settings.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";
import { runCommand } from "./command.ts";

/**
 * Which releases Helm waits for before the next one: those that upstream's release documents wait for, or all
 * that this program waits for.
 */
export type SequentialWaits = "upstream" | "each";

/** Steps without `wait` in upstream's 3.0.0 documents of all three types. */
const notWaitedUpstream = new Set([
  "install-resources-ingester",
  "install-events-ingester",
  "install-portal",
  "install-core-provider",
  "install-oasgen-provider",
  "install-finops-cratedb",
  "install-finops-database-handler-uploader",
  "install-finops-notebooks",
  "install-finops-operator-scraper",
  "install-opa",
]);

/** Whether Helm waits for a step's release before the next one. */
export function isWaitedFor(step: ChartStep, waits: SequentialWaits): boolean {
  return step.wait && (waits === "each" || !notWaitedUpstream.has(step.id));
}

/**
 * Installs the settings' charts with Helm and makes their objects, one after another in document order, and returns
 * once every workload is ready: the state in which `pulumi up` ends. Charts, values and objects are the program's.
 *
 * @throws Error with Helm's output, when a release fails
 */
export async function installInTurn(
  toolchain: Toolchain,
  paths: RehearsalPaths,
  settings: Settings,
  waits: SequentialWaits,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  await makeSecrets(connection, settings.namespace);
  const address = nodeAddressOf(settings, { nodes: await readNodes(connection) });
  const variables: Record<string, string> = address === undefined ? {} : { [nodeAddressVariable]: address };
  for (const step of settings.steps.filter(({ enabled }) => enabled)) {
    if (step.type === "var") variables[step.name] = await readVariable(connection, step, signal);
    if (step.type === "object")
      await makeObject(connection, expandVariables(step.manifest, variables) as JsonObject);
    if (step.type !== "chart") continue;
    signal.throwIfAborted();
    say(`${step.release.name}: installing`);
    const archive = join(paths.mirror, `${step.chart.name}-${step.chart.version}.tgz`);
    const { name, namespace } = step.release;
    const flags = ["--namespace", namespace, "--timeout", `${step.timeoutSeconds}s`, "--values", "-"];
    if (isWaitedFor(step, waits)) flags.push("--wait");
    const input = JSON.stringify(expandVariables(step.values, variables));
    await runCommand(toolchain.helm, ["install", name, archive, ...flags], {
      cwd: paths.root,
      env: toolchain.env,
      input,
    });
  }
  say("waiting until every workload is ready");
  while (!(await everythingReady(connection, settings.namespace))) await sleep(250, undefined, { signal });
}

async function makeObject(connection: Connection, manifest: JsonObject): Promise<void> {
  const { apiVersion = "", kind = "", metadata } = manifest as Partial<KubeObject>;
  const resource = await resourceOf(connection, apiVersion, kind);
  if (!resource) throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
  const namespace = resource.namespaced ? metadata?.namespace : undefined;
  await create(connection, pathOf(apiVersion, resource.plural, namespace), manifest);
}

/** The namespace and the Secrets that must be there before the first release, which upstream's CLI makes too. */
async function makeSecrets(connection: Connection, namespace: string): Promise<void> {
  const random = () => randomBytes(32).toString("base64url");
  const password = random();
  const secret = (name: string, stringData: Record<string, string>) =>
    makeObject(connection, { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData });
  await makeObject(connection, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await secret("jwt-sign-key", { JWT_SIGN_KEY: random() });
  await secret("krateo-db", { DB_USER: "krateo-db-user", DB_PASS: password });
  await secret("krateo-db-user", { username: "krateo-db-user", password });
}

/** What a `var` step's selector finds, as soon as it finds something. */
async function readVariable(
  connection: Connection,
  { value, valueFrom }: VariableStep,
  signal: AbortSignal,
): Promise<string> {
  if (!valueFrom) return value ?? "";
  for (;;) {
    const object = await readObject(connection, valueFrom);
    const found = object ? (await jq.raw(object, valueFrom.selector, ["-r"])).trim() : "";
    if (found !== "" && found !== "null") return found;
    await sleep(250, undefined, { signal });
  }
}

/** Whether every Deployment and StatefulSet of a namespace is ready. */
export async function everythingReady(connection: Connection, namespace: string): Promise<boolean> {
  const kinds = ["Deployment", "StatefulSet"] as const;
  const results = await Promise.all(
    kinds.map(async (kind) => {
      const { apiVersion, plural } = waitedResources[kind];
      const objects = await list(connection, pathOf(apiVersion, plural, namespace));
      return objects.every((object) => readinessOf(kind, object).ready);
    }),
  );
  return results.every(Boolean);
}
