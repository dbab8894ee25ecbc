import { pathText } from "../../model/path.ts";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import { secretMask } from "../../model/secret-value.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/**
 * A password in clear goes into version control with the stack's file. What is encrypted is masked for commands, so that they tell
 * each host; the program knows only that some value of the key is.
 */
export function registryProblems({
  config: { registries, registriesAreSecret },
}: ResolvedConfiguration): Problem[] {
  const logins = Object.entries(registries);
  const isMasked = logins.some(([, login]) => Object.values(login).includes(secretMask));
  return logins
    .filter(([, { password }]) => (isMasked ? password !== secretMask : !registriesAreSecret))
    .map(([host]) => ({
      what: `the password for ${host} stands in clear in the stack's configuration`,
      file: stackConfiguration,
      path: `krateo:${pathText(["registries", host, "password"])}`,
      next: `change it at the registry, because somebody may have seen it, and set it again: pulumi config set --secret --path 'krateo:registries["${host}"].password'`,
    }));
}
