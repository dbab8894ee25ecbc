import type { Inventory } from "../../model/inventory.ts";
import type { PreviousRun } from "../../model/previous-run.ts";
import { sentenceOf } from "../../model/problem.ts";
import type { ExternalDatabase, Settings, Step } from "../../model/settings.ts";
import { preconditionProblems, preconditionWarnings } from "../../plan/preconditions.ts";
import { emptyInventory } from "../support/inventory.ts";
import { chartStep, settingsOf } from "../support/settings.ts";

/** A Secret of the program's own. */
export const secret = (data: Record<string, string>) => ({ ours: true, uid: "u", data });

/** What stops a run, in words. */
export function problems(
  inventory: Partial<Inventory>,
  {
    settings = {},
    steps = [chartStep("install-authn")],
    previous,
    preview = false,
  }: {
    settings?: Partial<Settings>;
    steps?: readonly Step[];
    previous?: PreviousRun;
    preview?: boolean;
  } = {},
): string[] {
  const read = { ...emptyInventory, ...inventory };
  const found = preconditionProblems(settingsOf(steps, settings), read, { previous, preview, migration: [] });
  return found.map(({ what }) => what);
}

/** An installation that uses a database of the user's own. */
export const outside: readonly Step[] = [
  chartStep("install-pg-cluster", { component: "cnpg", enabled: false }),
  chartStep("install-deviser"),
];

/** Such a database, and the configuration with its login. */
export const named: ExternalDatabase = {
  host: "db.example.org",
  port: 5432,
  name: "krateo",
  sslMode: "require",
};
export const withLogin = { database: { ...named, login: { user: "u", password: "hush" } } };

/** What is only worth knowing, in sentences. */
export function warningsOf(...given: Parameters<typeof preconditionWarnings>): string[] {
  return preconditionWarnings(...given).map(sentenceOf);
}
