/** Stack configuration about PostgreSQL: one of the user's own, or the volume of the one that is made. */
import { z } from "zod";
import { databaseStep, knownChartSteps } from "../components/catalogue.ts";
import { databaseLogin } from "../components/secrets.ts";
import type { ExternalDatabase, JsonObject } from "../model/settings.ts";

/** Goes into DB_HOST alone: with a scheme or port in it every service would look for a host of that name. */
const host = z
  .string("a host name or IP address")
  .max(253, "a host name or IP address")
  .regex(
    /^([A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)$/,
    "a host name or IP address, without scheme and port",
  );

/** What PostgreSQL's clients know; `allow` and `prefer` are left out: they fall back to clear text without a word. */
const sslModes = ["disable", "require", "verify-ca", "verify-full"] as const;

const filled = z.string("a text that is not empty").min(1, "a text that is not empty");

const quantity = z
  .string("a quantity such as 20Gi")
  .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/, "a quantity such as 20Gi")
  .regex(/[1-9]/, "a quantity above 0, such as 20Gi");

/** Keys of the stack configuration. */
export const databaseKeys = {
  database: z
    .strictObject({
      host,
      port: z
        .int("a port from 1 to 65535")
        .min(1, "a port from 1 to 65535")
        .max(65535, "a port from 1 to 65535")
        .optional(),
      name: filled.optional(),
      sslMode: z.enum(sslModes).optional(),
      user: filled.optional(),
      password: filled.optional(),
    })
    .optional(),
  databaseStorage: z.strictObject({ size: quantity.optional(), storageClass: filled.optional() }).optional(),
};

/** The two keys as given. */
export interface DatabaseConfig {
  readonly database?: NonNullable<z.infer<typeof databaseKeys.database>>;
  readonly databaseStorage?: NonNullable<z.infer<typeof databaseKeys.databaseStorage>>;
  /** The database's password is encrypted in the stack's configuration. */
  readonly databaseIsSecret: boolean;
}

/** Steps whose programs use the database. */
export const databaseConsumers: readonly string[] = knownChartSteps
  .filter(({ needs }) => needs.some(({ on }) => on === databaseLogin.on))
  .map(({ id }) => id);

/** The database of the user's own, defaults filled in; undefined when none is named. */
export function externalDatabase({ database }: DatabaseConfig): ExternalDatabase | undefined {
  if (database === undefined) return undefined;
  const { host, port = 5432, name = "krateo-db", sslMode = "require", user, password } = database;
  const login = user !== undefined && password !== undefined ? { login: { user, password } } : {};
  return { host, port, name, sslMode, ...login };
}

/** Helm values of steps that follow from the configuration, by step id. */
export function databaseValues(config: DatabaseConfig): Readonly<Record<string, JsonObject>> {
  const database = externalDatabase(config);
  const storage = config.databaseStorage;
  return {
    ...(database === undefined
      ? {}
      : Object.fromEntries(databaseConsumers.map((id) => [id, { config: connectionOf(database) }]))),
    ...(storage === undefined
      ? {}
      : { [databaseStep]: { cluster: { storage: { ...storage } as JsonObject } } }),
  };
}

/** The environment that all five services read. Their charts' own DB_PARAMS would switch TLS off. */
function connectionOf({ host, port, name, sslMode }: ExternalDatabase): JsonObject {
  return {
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: name,
    DB_PARAMS: `sslmode=${sslMode}&connect_timeout=5`,
  };
}
