/** Which of the three Secrets an installation needs, and whose work they are. */
import { databaseStep, knownStep } from "../components/catalogue.ts";
import { databaseLogin, type SecretName, secretNames, signKey } from "../components/secrets.ts";
import type { Settings } from "../model/settings.ts";

type Switched = readonly { readonly id: string; readonly enabled: boolean }[];

/** Whether the installation makes a database, rather than using one of the user's. */
export function makesDatabase(steps: Switched): boolean {
  return steps.find(({ id }) => id === databaseStep)?.enabled ?? true;
}

/** The Secrets that an installation needs. krateo-db-user is for the database that it makes; nobody else reads it. */
export function secretNamesOf({ steps }: Pick<Settings, "steps">): readonly SecretName[] {
  if (makesDatabase(steps)) return secretNames;
  const login = databaseLogin.on as SecretName;
  const used = steps.some(
    ({ id, enabled }) => enabled && knownStep(id)?.needs.some(({ on }) => on === login),
  );
  return used ? [signKey.on as SecretName, login] : [signKey.on as SecretName];
}
