/** Settings that are given and reach nothing: never an error, but nobody should wait for their effect. */
import { existsSync } from "node:fs";
import path from "node:path";
import { databaseConsumers } from "../database-config.ts";
import { typesOfKey } from "../exposure/keys.ts";
import { nodeAddressVariable } from "../exposure/node-address.ts";
import { aliasOf } from "../exposure/profile-aliases.ts";
import { profileFileName } from "../near-names.ts";
import { definitionSection, mapOf } from "../resolved-components.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import { expandable, variablesIn } from "../variables.ts";
import { versionsFolder } from "../versions/stored-version.ts";

/** A warning for each key of the stack configuration that has no effect with this type, these profiles and steps. */
export function unusedKeyWarnings({ config, profiles, steps }: ResolvedConfiguration): string[] {
  const { otelEndpoint, exposure, database, type, local } = config;
  const { domain, nodeAddress } = exposure;
  const domainTypes = typesOfKey["domain"] ?? [];
  const told = steps.some((step) => variablesIn(expandable(step)).includes(nodeAddressVariable));
  const connected = steps.some(({ id }) => databaseConsumers.includes(id));
  return [
    ...(domain !== undefined && domainTypes.includes(type) && local
      ? ["krateo:domain has no effect: your own release document names its hosts"]
      : []),
    ...(domain !== undefined && type === "loadbalancer"
      ? [`krateo:domain is only used by types ${domainTypes.join(", ")}, not by ${type}`]
      : []),
    ...(nodeAddress !== undefined && type !== "nodeport"
      ? [`krateo:nodeAddress is only used by type nodeport, not by ${type}`]
      : []),
    ...(otelEndpoint !== undefined && !profiles.includes("monitoring")
      ? ["krateo:otelEndpoint is only used by profile monitoring"]
      : []),
    ...(nodeAddress !== undefined && type === "nodeport" && !told
      ? [`krateo:nodeAddress has no effect: nothing in the documents uses \${${nodeAddressVariable}}`]
      : []),
    ...(database !== undefined && !connected
      ? [`krateo:database has no effect: the document has none of the steps ${databaseConsumers.join(", ")}`]
      : []),
  ];
}

/**
 * A warning for each profile that is the older name of a key. With a release document of the user's own there is no such
 * key, and the profile stays the way.
 */
export function aliasWarnings({ config: { local }, profiles, overrides }: ResolvedConfiguration): string[] {
  return profiles.flatMap((profile) => {
    const alias = aliasOf(profile);
    if (alias === undefined || local) return [];
    const hasOwn = overrides.some(
      ({ source: { file }, base }) =>
        base[1] === profile ||
        (path.basename(file) === profileFileName(profile) && !file.startsWith(`${versionsFolder}/`)),
    );
    const own = hasOwn ? "; what you have under that name yourself needs another one then" : "";
    const { key, value } = alias;
    return [
      `profile ${profile} is now krateo:${key}: ${value}; set the key with pulumi config set krateo:${key} ${value}, and take the profile out where it is named${own}`,
    ];
  });
}

/** A warning for each of upstream's files in the project's folder that upstream's CLI applies and this program does not. */
export function lifecycleWarnings({ directory, config: { type } }: ResolvedConfiguration): string[] {
  const kinds = type === "nodeport" ? ["kind", type] : [type];
  const names = ["pre-upgrade", "post-upgrade"].flatMap((phase) => [
    ...kinds.map((kind) => `${phase}.${kind}.yaml`),
    `${phase}.yaml`,
  ]);
  return names
    .filter((name) => existsSync(path.join(directory, name)))
    .map(
      (name) =>
        `${name} is not applied: this program cleans up after Krateo 2.7.0 by itself; for anything else in it: kubectl apply -f ${name}, with its tokens replaced`,
    );
}

/** Settings of components that upstream ignores where they stand, so that nobody waits for their effect. */
export function ignoredSettings({ document }: ResolvedConfiguration): string[] {
  if (definitionSection(document) === "components") return [];
  return Object.entries(mapOf(document["components"])).flatMap(([name, given]) =>
    ["steps", "description"].flatMap((key) =>
      mapOf(given)[key] === undefined
        ? []
        : [`components.${name}.${key} has no effect; it counts in componentsDefinition.${name} only`],
    ),
  );
}
