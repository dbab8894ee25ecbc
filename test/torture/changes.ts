/** Operations that change the configuration, and those that run what is configured to its end. */
import * as fc from "fast-check";
import { checkInvariants } from "./invariants.ts";
import { bundledVersion, newerVersion, type Wanted } from "./model.ts";
import type { Operation } from "./operation.ts";
import type { Platform } from "./platform.ts";
import { plan, repair, settle } from "./settling.ts";

export const changes: readonly Operation[] = [
  {
    name: "value",
    weight: 3,
    inputs: [fc.constantFrom("none", "true", "false")],
    run: (platform, value) => platform.want({ debug: value as Wanted["debug"] }),
  },
  {
    name: "profile",
    weight: 2,
    inputs: [fc.constantFrom("on", "off")],
    run: (platform, state) => platform.want({ profile: state === "on" }),
  },
  {
    name: "type",
    weight: 1,
    inputs: [fc.constantFrom("nodeport", "loadbalancer")],
    run: (platform, type) => platform.want({ type: type as Wanted["type"] }),
  },
  {
    name: "port",
    weight: 1,
    inputs: [fc.constantFrom("30082", "31082")],
    possible: ({ wanted }) => wanted.type === "nodeport",
    run: (platform, port) => platform.want({ port: Number(port) }),
  },
  {
    name: "component",
    weight: 2,
    inputs: [fc.constantFrom("on", "off")],
    run: (platform, state) => platform.want({ generator: state === "on" }),
  },
  {
    name: "version",
    weight: 1,
    inputs: [fc.constantFrom(bundledVersion, newerVersion)],
    run: (platform, version) => platform.want({ version: version as Wanted["version"] }),
  },
  { name: "up", weight: 4, inputs: [], possible: ({ settled }) => !settled, run: settle },
  { name: "repair", weight: 1, inputs: [], run: repair },
  {
    name: "destroy",
    weight: 1,
    inputs: [],
    possible: ({ planned, installed }) => installed || planned !== undefined,
    run: async (platform) => {
      if (platform.model.disturbed) await repair(platform);
      await destroyed(platform, () => platform.pulumi("destroy"));
    },
  },
  {
    name: "uninstall",
    weight: 1,
    inputs: [],
    possible: ({ planned, installed }) => installed || planned !== undefined,
    run: (platform) => uninstall(platform, "--yes"),
  },
];

/** `krateo uninstall`, which removes what its dry run lists, and nothing else. */
export async function uninstall(platform: Platform, ...args: string[]): Promise<void> {
  if (platform.model.disturbed) await repair(platform);
  const { stdout } = await platform.well(platform.krateo("uninstall", ...args, "--dry-run"));
  platform.removals.mayGo({ objects: stdout.split(/[\s,:/()]+/) });
  await destroyed(platform, () => platform.krateo("uninstall", ...args));
}

async function destroyed(platform: Platform, remove: () => ReturnType<Platform["krateo"]>): Promise<void> {
  const { model } = platform;
  await listAll(platform);
  await platform.well(remove());
  model.secrets = {};
  model.planned = undefined;
  await checkInvariants(platform, "removal");
}

/** A removal of everything lists all releases, and whatever is in the state. */
export async function listAll(platform: Platform): Promise<void> {
  const { model, removals } = platform;
  model.removing = true;
  await plan(platform);
  const state = await platform.state();
  const objects = [...state.matchAll(/"name": "([^"]+)"/g)].map(([, name = ""]) => name);
  removals.mayGo({ releases: ["authn", "core-provider", "oasgen-provider", "snowplow"], objects });
}
