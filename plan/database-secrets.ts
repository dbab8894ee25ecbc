/** Which of the three Secrets an installation needs, and whose work they are. */
import { gates, needsOfSteps } from "../components/order.ts";
import type { Settings } from "../model/settings.ts";

/** The three Secrets that Krateo 3.0.0 reads, by name. */
export const secretNames = ["jwt-sign-key", "krateo-db", "krateo-db-user"] as const;
export type SecretName = (typeof secretNames)[number];

/** The keys that services and database read of each. */
export const secretKeys: Readonly<Record<SecretName, readonly string[]>> = {
  "jwt-sign-key": ["JWT_SIGN_KEY"],
  "krateo-db": ["DB_USER", "DB_PASS"],
  "krateo-db-user": ["username", "password"],
};

type Switched = readonly { readonly id: string; readonly enabled: boolean }[];

/** Whether the installation makes a database, rather than using one of the user's. */
export function makesDatabase(steps: Switched): boolean {
  return steps.find(({ id }) => id === gates.database.on)?.enabled ?? true;
}

/** The Secrets that an installation needs. krateo-db-user is for the database that it makes; nobody else reads it. */
export function secretNamesOf({ steps }: Pick<Settings, "steps">): readonly SecretName[] {
  if (makesDatabase(steps)) return secretNames;
  const used = steps.some(
    ({ id, enabled }) => enabled && needsOfSteps[id]?.some(({ on }) => on === "krateo-db"),
  );
  return used ? ["jwt-sign-key", "krateo-db"] : ["jwt-sign-key"];
}
