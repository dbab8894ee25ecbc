/** What tests do to the cluster of the rehearsal, and read of it. */

import { spawn } from "node:child_process";
import { open, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { patch, pathOf, resourceOf } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import { readObject } from "../../cluster/client/read-object.ts";
import type { JsonObject } from "../../model/settings.ts";
import { kubeConfig, places } from "../../rehearsal/control-plane.ts";
import { paths, rehearsal } from "./rehearsal.ts";

/** Creates an object. */
export async function apply(object: JsonObject): Promise<void> {
  await rehearsal();
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  await client.create(object as never);
}

/** Creates an object, or replaces the one of its name, as kubectl apply would do with a role. */
export async function put(object: JsonObject): Promise<void> {
  await rehearsal();
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  await client.create(object as never).catch(async (error: { code?: number }) => {
    if (error.code !== 409) throw error;
    await client.replace(object as never);
  });
}

/** Changes an object by a merge patch. */
export async function change(
  kind: string,
  name: string,
  { apiVersion = "v1", namespace = "krateo-system" },
  body: JsonObject,
): Promise<void> {
  await patched(kind, name, { apiVersion, namespace }, "application/merge-patch+json", body, {});
}

/** Takes fields over as a GitOps tool does: server-side apply by force, under that tool's name. */
export async function takeOver(
  manager: string,
  object: JsonObject & { apiVersion: string; kind: string; metadata: { name: string } },
): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const query = { fieldManager: manager, force: "true" };
  await patched(kind, metadata.name, { apiVersion }, "application/apply-patch+yaml", object, query);
}

async function patched(
  kind: string,
  name: string,
  { apiVersion, namespace = "krateo-system" }: { apiVersion: string; namespace?: string },
  contentType: string,
  body: JsonObject,
  query: Record<string, string>,
): Promise<void> {
  await rehearsal();
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const resource = await resourceOf(connection, apiVersion, kind);
  if (!resource) throw new Error(`the cluster knows no ${kind} of ${apiVersion}`);
  await patch(connection, pathOf(apiVersion, resource.plural, namespace, name), contentType, body, query);
}

/** Why the API server would refuse to create an object, by its own admission; undefined when it would not. */
export async function refusal(object: JsonObject): Promise<string | undefined> {
  await rehearsal();
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  try {
    await client.create(object as never, undefined, "All");
    return undefined;
  } catch (error) {
    const { body } = error as { body?: string };
    if (body === undefined) throw error;
    return JSON.parse(body).message;
  }
}

/** A live object of the rehearsal cluster; undefined when there is none. */
export async function live(
  kind: string,
  name: string,
  { apiVersion = "v1", namespace = "krateo-system" } = {},
): Promise<JsonObject | undefined> {
  await rehearsal();
  return await readObject(connect({ kubeconfig: paths.kubeconfig }), { apiVersion, kind, name, namespace });
}

/** The Secrets that the platform itself needs, and that nothing may change. */
export const platformSecrets = ["jwt-sign-key", "krateo-db", "krateo-db-user"];

/** Contents, by name, of those of the Secrets that exist. */
export async function secretData(
  names: readonly string[] = platformSecrets,
): Promise<Record<string, unknown>> {
  const found = await Promise.all(names.map(async (name) => [name, (await live("Secret", name))?.["data"]]));
  return Object.fromEntries(found.filter(([, data]) => data !== undefined));
}

/** Deletes an object of the core group. */
export async function deleteObject(kind: string, name: string, namespace = "krateo-system"): Promise<void> {
  const client = KubernetesObjectApi.makeApiClient(kubeConfig(paths.directory));
  await client.delete({ apiVersion: "v1", kind, metadata: { name, namespace } });
}

/** Halts the API server for so many seconds: nothing answers, connections stay open. */
export async function haltApiServer(seconds: number): Promise<void> {
  const file = join(paths.directory, "kwok", "clusters", "krateo", "pids", "kube-apiserver.pid");
  const pid = Number(await readFile(file, "utf8"));
  process.kill(pid, "SIGSTOP");
  try {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(true));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
}

/** Ends the API server at once, without a word to anybody, and starts it again. */
export async function restartApiServer(): Promise<void> {
  const { pids, cluster } = places(paths.directory);
  const file = join(pids, "kube-apiserver.pid");
  const pid = Number(await readFile(file, "utf8"));
  const [program = "", ...words] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
  const { port } = new URL(kubeConfig(paths.directory).getCurrentCluster()?.server ?? "");
  process.kill(pid, "SIGKILL");
  // Its last thread holds the port until it has ended, too.
  while (await isTaken(Number(port))) await pause(20);
  const log = await open(join(cluster, "logs", "kube-apiserver.log"), "a");
  const output = ["ignore", log.fd, log.fd] as const;
  const child = spawn(program, words, { cwd: cluster, detached: true, stdio: [...output] });
  child.unref();
  await log.close();
  await writeFile(file, String(child.pid));
}

/**
 * Raises etcd's own alarm of a full database, or takes it away: while it stands etcd refuses every write, and so does
 * the API server, exactly as when the quota of its data is used up.
 */
export async function setEtcdFull(full: boolean): Promise<void> {
  const pids = join(paths.directory, "kwok", "clusters", "krateo", "pids", "etcd.pid");
  const words = (await readFile(`/proc/${Number(await readFile(pids, "utf8"))}/cmdline`, "utf8")).split("\0");
  const urls = words.find((word) => word.startsWith("--listen-client-urls="))?.split("=")[1] ?? "";
  const port = new URL(urls.split(",")[0] as string).port;
  const answer = await fetch(`http://127.0.0.1:${port}/v3/maintenance/alarm`, {
    method: "POST",
    body: JSON.stringify({ action: full ? "ACTIVATE" : "DEACTIVATE", alarm: "NOSPACE" }),
  });
  if (!answer.ok) throw new Error(`etcd answers ${answer.status}: ${await answer.text()}`);
}
