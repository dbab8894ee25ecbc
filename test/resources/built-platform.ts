import assert from "node:assert/strict";
import type { Output } from "@pulumi/pulumi";
import type { Inventory } from "../../model/inventory.ts";
import type { JsonObject, Settings, Step } from "../../model/settings.ts";
import type { PlatformArgs } from "../../resources/build-context.ts";
import { Platform } from "../../resources/platform.ts";
import { emptyInventory } from "../support/inventory.ts";
import { type Registration, registrations } from "../support/recorded.ts";
import { settingsOf } from "../support/settings.ts";
import { platformArgs } from "./platform-args.ts";

/** A live Service with a node port, which reads answer unless they are told otherwise. */
export const service = { spec: { type: "NodePort", ports: [{ port: 8082, nodePort: 30082 }] } };

/** How Pulumi marks a secret on the wire. */
export const secretMark = "1b47061264138c4ac30d75fd1eb44270";
/** The member that bears the mark. */
export const secretKey = "4dabf18193072939515e22adb298388d";

/** A platform of `steps`, built without a cluster; `find` gives what it registers under a name, once. */
export async function build(
  steps: readonly Step[],
  {
    inventory = {},
    settings = {},
    repairs = [],
    reapply = [],
    failing = [],
    outdated = [],
    releaseUrns = {},
    read = async () => service as unknown as JsonObject,
    ...more
  }: Pick<Partial<PlatformArgs>, "withheld" | "withhold" | "maskSnapshot"> & {
    inventory?: Partial<Inventory>;
    settings?: Partial<Settings>;
    repairs?: PlatformArgs["repairs"];
    reapply?: readonly string[];
    failing?: readonly string[];
    outdated?: readonly string[];
    releaseUrns?: PlatformArgs["releaseUrns"];
    read?: PlatformArgs["read"];
  } = {},
): Promise<{ platform: Platform; all: Registration[]; find: (name: string) => Registration }> {
  const args = platformArgs(settingsOf(steps, settings), {
    inventory: { ...emptyInventory, ...inventory },
    repairs,
    reapply: new Set(reapply),
    outdated,
    releaseUrns,
    read,
    ...more,
  });
  let platform: Platform | undefined;
  const all = await registrations(() => {
    platform = new Platform("krateo", args);
  }, failing);
  const find = (name: string): Registration => {
    const found = all.filter((item) => item.name === name && !item.type.startsWith("random:"));
    assert.equal(found.length, 1, `${name} is registered ${found.length} times`);
    return found[0] as Registration;
  };
  return { platform: platform as Platform, all, find };
}

/** What an output settles to. */
export async function resolved<T>(output: Output<T>): Promise<T> {
  return await (output as unknown as { promise: () => Promise<T> }).promise();
}

/** A deployed release of the inventory. */
export const release = {
  chart: "authn",
  chartVersion: "0.22.2",
  revision: 3,
  status: "deployed",
  updatedAt: 0,
};
