/** The Secrets that are there before any chart: who reads them, and what is missing without them. */
import type { Need } from "./description.ts";

/** The three Secrets that Krateo 3.0.0 reads, by name. */
export const secretNames = ["jwt-sign-key", "krateo-db", "krateo-db-user"] as const;
export type SecretName = (typeof secretNames)[number];

/** The keys that services and database read of each. */
export const secretKeys: Readonly<Record<SecretName, readonly string[]>> = {
  "jwt-sign-key": ["JWT_SIGN_KEY"],
  "krateo-db": ["DB_USER", "DB_PASS"],
  "krateo-db-user": ["username", "password"],
};

/** Secret with the logins of the stack configuration at the registries of images. */
export const registryLogin = "krateo-registry-login";

export const signKey: Need = {
  on: "jwt-sign-key",
  why: "its pods read the signing key and stay in CreateContainerConfigError without it",
};

export const databaseLogin: Need = {
  on: "krateo-db",
  why: "its pods read the database login and stay in CreateContainerConfigError without it",
};
