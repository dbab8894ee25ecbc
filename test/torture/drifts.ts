/** Operations done by hand, past the program. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { patch, pathOf, remove } from "../../cluster/client/api.ts";
import { ApiError } from "../../cluster/client/api-errors.ts";
import { connect } from "../../cluster/client/connection.ts";
import { helm, mirror, paths, rehearsal, until } from "../support/rehearsal.ts";
import { change } from "../support/rehearsed-cluster.ts";
import { latest, revisions } from "./helm-records.ts";
import type { Operation } from "./operation.ts";
import { Fault, type Platform } from "./platform.ts";

const namespace = "krateo-system";
const apps = { apiVersion: "apps/v1", namespace };

const edits: Readonly<Record<string, (platform: Platform) => Promise<void>>> = {
  scaled: () => change("Deployment", "authn", apps, { spec: { replicas: 0 } }),
  edited: () => change("ConfigMap", "core-provider", {}, { data: { CORE_PROVIDER_DEBUG: "by hand" } }),
  port: async () => {
    const path = pathOf("v1", "services", namespace, "snowplow");
    const body = [{ op: "replace", path: "/spec/ports/0/port", value: 9999 }];
    await patch(connect({ kubeconfig: paths.kubeconfig }), path, "application/json-patch+json", body);
  },
  service: (platform) => deleted(platform, "v1", "services", "snowplow"),
  deployment: (platform) => deleted(platform, "apps/v1", "deployments", "core-provider"),
  secret: (platform) => deleted(platform, "v1", "secrets", "krateo-db"),
  snapshot: () =>
    change(
      "Installation",
      "krateoctl",
      { apiVersion: "krateo.io/v1" },
      {
        spec: { spec: { installationVersion: "x" } },
      },
    ),
};

async function deleted(platform: Platform, apiVersion: string, plural: string, name: string): Promise<void> {
  platform.removals.mayGo({ objects: [name] });
  await remove(connect({ kubeconfig: paths.kubeconfig }), pathOf(apiVersion, plural, namespace, name));
}

const charts: Readonly<Record<string, string>> = {
  authn: "authn-0.22.2.tgz",
  snowplow: "snowplow-0.20.6.tgz",
};

const upgrade = (release: string, value: string): string[] => [
  "upgrade",
  release,
  join(mirror, charts[release] ?? ""),
  "--reuse-values",
  "--set",
  value,
  "--namespace",
  namespace,
];

async function well(...args: string[]): Promise<void> {
  const { code, output } = await helm(...args);
  if (code !== 0) throw new Fault(`helm ${args.join(" ")} ends with ${code}:\n${output}`);
}

const byHelm: Readonly<Record<string, (platform: Platform) => Promise<void>>> = {
  upgrade: () => well(...upgrade("authn", "env.AUTHN_DUMP_ENV=true")),
  rollback: async () => {
    const { revision = 1 } = latest(await revisions()).get("core-provider") ?? {};
    if (revision > 1) await well("rollback", "core-provider", "--namespace", namespace);
  },
  uninstall: async ({ removals }) => {
    removals.remember(await revisions());
    removals.mayGo({ releases: ["core-provider"] });
    await well("uninstall", "core-provider", "--namespace", namespace);
  },
  killed: async ({ model }) => {
    const { helm: program, env } = await rehearsal();
    const args = [...upgrade("snowplow", "jwtSignKeySecretName=no-such-secret"), "--wait"];
    const child = spawn(program, args, { env, stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("close", resolve));
    try {
      await until(async () => latest(await revisions()).get("snowplow")?.status === "pending-upgrade");
    } finally {
      child.kill("SIGKILL");
      await ended;
    }
    model.disturbed = true;
    model.unfinished = true;
  },
};

export const drifts: readonly Operation[] = [
  {
    name: "drift",
    weight: 4,
    inputs: [fc.constantFrom(...Object.keys(edits))],
    possible: ({ installed, disturbed }) => installed && !disturbed,
    run: (platform, kind = "") => drifted(platform, edits[kind]),
  },
  {
    // Neither seen nor put back: a Secret's labels are its owner's.
    name: "label",
    weight: 1,
    inputs: [fc.constantFrom("jwt-sign-key", "krateo-db", "krateo-db-user")],
    possible: ({ installed, removing }) => installed && !removing,
    run: async (platform, name = "") => {
      await change("Secret", name, {}, { metadata: { labels: { "example.org/by": "hand" } } });
      platform.model.settled = false;
    },
  },
  {
    name: "helm",
    weight: 3,
    inputs: [fc.constantFrom(...Object.keys(byHelm))],
    possible: ({ installed, disturbed, drifted: before }) => installed && !disturbed && !before,
    run: (platform, kind = "") => drifted(platform, byHelm[kind]),
  },
];

async function drifted(platform: Platform, work?: (platform: Platform) => Promise<void>): Promise<void> {
  platform.model.settled = false;
  platform.model.drifted = true;
  try {
    await work?.(platform);
  } catch (error) {
    // What an earlier operation has deleted cannot be edited.
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
