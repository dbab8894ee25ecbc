/** What the five services that use the database have in common. */
import type { ChartDescription, Need } from "./description.ts";

export const database: Need = {
  on: "database",
  why: "it opens its port only once PostgreSQL answers, and is killed at 225 s when that takes longer",
};

/** Their `config` is the environment of their program, and stands in the pod template. */
export const databaseProgram: Pick<ChartDescription, "readAtStart" | "textValues" | "logsSecrets"> = {
  readAtStart: [],
  textValues: [{ map: "config", use: "printed" }],
  logsSecrets: [
    { path: ["config", "DEBUG"], byDefault: false, logs: "the database's URL, the password in it" },
  ],
};
