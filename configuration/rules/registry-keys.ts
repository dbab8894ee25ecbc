import { pathText } from "../../model/path.ts";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** A password in clear goes into version control with the stack's file. */
export function registryProblems({
  config: { registries, registriesAreSecret },
}: ResolvedConfiguration): Problem[] {
  const [host] = Object.keys(registries);
  if (host === undefined || registriesAreSecret) return [];
  return [
    {
      what: "the passwords of krateo:registries stand in clear in the stack's configuration",
      file: stackConfiguration,
      path: `krateo:${pathText(["registries", host, "password"])}`,
      next: `change them, because somebody may have seen them, and set each again: pulumi config set --secret --path 'krateo:registries["${host}"].password'`,
    },
  ];
}
