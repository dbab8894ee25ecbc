import type { Settings } from "../../model/settings.ts";
import type { PlatformArgs } from "../../resources/build-context.ts";
import { emptyInventory } from "../support/inventory.ts";

/** What a platform gets on an empty cluster that has nothing to say. */
export function platformArgs(settings: Settings, given: Partial<PlatformArgs> = {}): PlatformArgs {
  return {
    settings,
    inventory: emptyInventory,
    repairs: [],
    withheld: new Set(),
    reapply: new Set(),
    outdated: [],
    releaseUrns: {},
    charts: new Map(settings.steps.map(({ id }) => [id, `./.charts/${id}.tgz`])),
    stack: "test",
    putBack: async () => [],
    withhold: async () => {},
    maskSnapshot: async () => {},
    migrationStatus: async () => [],
    explain: async () => [],
    explainObject: {},
    checkLease: async () => {},
    read: async () => undefined,
    ...given,
  };
}
