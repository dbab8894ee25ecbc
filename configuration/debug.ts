/** KRATEO_DEBUG=1: what a run reads, finds and starts, line by line on standard error, never with a secret's value. */
import type { Inventory } from "../model/inventory.ts";
import { pathText } from "../model/path.ts";
import { stackConfiguration } from "../model/problem.ts";
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import { shown } from "../model/shown.ts";
import type { Layer } from "./layers.ts";
import type { SetEntry } from "./set-paths.ts";

export function isDebugging(): boolean {
  return process.env["KRATEO_DEBUG"] === "1";
}

/** Writes lines when debugging; they are not even made otherwise. */
export function debug(lines: () => readonly string[]): void {
  if (!isDebugging()) return;
  for (const line of lines()) process.stderr.write(`debug: ${line}\n`);
}

/** The layers that were merged, lowest first, with each value that one lays over the release document. */
export function layerLines([release, ...above]: readonly Layer[], set: readonly SetEntry[]): string[] {
  const leafLines = (root: Tree, base: Path): string[] =>
    leavesOf(root, base).map(([path, value]) => `  ${pathText(path)}: ${JSON.stringify(shown(value, path))}`);
  return [
    ...(release ? [`layer ${release.source.file}`] : []),
    ...above.flatMap(({ source, base, root }) => [
      `layer ${source.file}${base.length > 0 ? `, ${pathText(base)}` : ""}${leavesOf(root, []).length === 0 ? ": nothing" : ""}`,
      ...leafLines(root, []),
    ]),
    ...(set.length > 0 ? [`layer ${stackConfiguration}, krateo:set`] : []),
    ...set.flatMap(({ path, value }) => leafLines(value, path)),
  ];
}

/** What was found in the cluster, Secrets by the names of their keys. */
export function inventoryLines(inventory: Inventory): string[] {
  const { clusterUid, namespace, releases, secrets, objects, legacy, lease } = inventory;
  const whose = ({ ours }: { ours: boolean }): string => (ours ? "made by this program" : "was there before");
  return [
    `found cluster ${clusterUid}, ${namespace ? `the namespace (${whose(namespace)})` : "no namespace yet"}`,
    ...Object.entries(releases).map(
      ([name, { chart, chartVersion, revision, status }]) =>
        `found Helm release ${name}: ${chart} ${chartVersion}, revision ${revision}, ${status}`,
    ),
    ...Object.entries(secrets).map(
      ([name, secret]) =>
        `found Secret ${name} (${whose(secret)}) with keys ${Object.keys(secret.data).join(", ")}`,
    ),
    ...Object.entries(objects).map(([key, object]) => `found object ${key} (${whose(object)})`),
    ...legacy.releases.map(
      ({ name, chart, chartVersion }) => `found legacy ${name}: ${chart} ${chartVersion}`,
    ),
    ...legacy.volumes.map((name) => `found legacy volume ${name}`),
    ...(lease ? [`found the Lease held by ${lease.holder}${lease.ended ? ", which has ended" : ""}`] : []),
  ];
}

function leavesOf(tree: Tree, path: Path): [Path, Tree][] {
  if (!isMap(tree) || (Object.keys(tree).length === 0 && path.length > 0)) {
    return [[path, tree]];
  }
  return Object.entries(tree).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}
