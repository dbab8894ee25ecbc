/** Stack configuration about logins: who this installation is at the hosts that charts and images come from. */
import { z } from "zod";
import type { ChartLogin } from "../model/settings.ts";

const filled = z.string("a text that is not empty").min(1, "a text that is not empty");
const hostName = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5})?$/;

/** Keys of the stack configuration. */
export const registryKeys = {
  registries: z
    .record(
      z.string().regex(hostName),
      z.strictObject({ username: filled, password: filled }),
      "a map of hosts in small letters, such as registry.example.org:5000, to username and password",
    )
    .optional(),
};

/** The key as given. */
export interface RegistryConfig {
  readonly registries: Readonly<Record<string, ChartLogin>>;
  /** Something of it is encrypted in the stack's configuration. */
  readonly registriesAreSecret: boolean;
}
