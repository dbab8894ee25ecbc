/** What the keys of the stack configuration about PostgreSQL ask for and cannot have. */

import { databaseStep } from "../../components/catalogue.ts";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** Keys about a database that the installation makes, or does not make. */
export function databaseMadeProblems({
  config: { database, databaseStorage },
  computed,
}: ResolvedConfiguration): Problem[] {
  const made = computed.some(({ id, enabled }) => enabled && id === databaseStep);
  const problems: Problem[] = [];
  if (database !== undefined && made) {
    problems.push({
      what: "krateo:database names your own PostgreSQL, but component cnpg would make another one",
      file: stackConfiguration,
      path: "krateo:database",
      next: "add the profile no-cnpg to krateo:profiles, or take the key out: pulumi config rm krateo:database",
    });
  }
  if (databaseStorage !== undefined && !made) {
    problems.push({
      what: "krateo:databaseStorage sets the database of component cnpg, and that component is switched off",
      file: stackConfiguration,
      path: "krateo:databaseStorage",
      next: "take the key out: pulumi config rm krateo:databaseStorage",
    });
  }
  return problems;
}

/** The login of a PostgreSQL of the user's own. */
export function databaseLoginProblems({
  config: { database, databaseIsSecret },
}: ResolvedConfiguration): Problem[] {
  const problems: Problem[] = [];
  if (database !== undefined && (database.user === undefined) !== (database.password === undefined)) {
    const [given, absent] = database.user === undefined ? ["password", "user"] : ["user", "password"];
    problems.push({
      what: `krateo:database has a ${given} and no ${absent}`,
      file: stackConfiguration,
      path: "krateo:database",
      next: "give both, or neither: the Secret krateo-db must exist then",
    });
  }
  if (database?.password !== undefined && !databaseIsSecret) {
    problems.push({
      what: "the database's password stands in clear in the stack's configuration",
      file: stackConfiguration,
      path: "krateo:database.password",
      next: "change it in the database, because somebody may have seen it, and set it again: pulumi config set --secret --path krateo:database.password",
    });
  }
  return problems;
}
