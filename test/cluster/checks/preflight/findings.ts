/** What preflight finds in a cluster, as tests compare it. */

import assert from "node:assert/strict";
import { judge } from "../../../../cluster/checks/preflight/preflight.ts";
import type { ClusterReading } from "../../../../cluster/checks/preflight/reading.ts";
import type { Inventory } from "../../../../model/inventory.ts";
import type { Settings, Step } from "../../../../model/settings.ts";
import { readyCluster } from "../../../support/cluster-reading.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { settingsOf } from "../../../support/settings.ts";

export type Line = readonly [status: string, subject: string, found: string];

/** What the checks of one kind say of a cluster that is ready but for `given`. */
export function found(
  check: string,
  steps: readonly Step[],
  given: Partial<ClusterReading> = {},
  { settings = {}, inventory = {} }: { settings?: Partial<Settings>; inventory?: Partial<Inventory> } = {},
): Line[] {
  return judge(
    settingsOf(steps, settings),
    { ...emptyInventory, ...inventory },
    readyCluster(given),
    () => [],
  )
    .filter((one) => one.check === check)
    .map(({ status, subject, found }) => [status, subject, found]);
}

/** A test for each row: what is found, and what it has to be. */
export const cases = (table: readonly (readonly [string, () => unknown, readonly Line[]])[]): void => {
  for (const [sentence, run, expected] of table) it(sentence, () => assert.deepEqual(run(), expected));
};
