/** The page of a fleet for people: who gets what, and when. */
import { amount } from "../../model/amount.ts";
import { isMap, type Tree } from "../../model/secret-value.ts";
import { bundledVersion } from "../bundle.ts";
import { defaultNamespace } from "../stack-config.ts";
import { type ClusterConfig, clusterConfig } from "./cluster-config.ts";
import type { Fleet, FleetCluster } from "./fleet-file.ts";
import { kubeconfigOf, type Ring } from "./rings.ts";

/** Keys of the stack configuration with a column of their own, and what counts when they are not set. */
const columns = { version: bundledVersion, type: "nodeport", namespace: defaultNamespace };

/** Markdown, with a graph in Mermaid, which GitHub and GitLab draw. @param file FLEET.yaml as the user named it */
export function fleetPage(fleet: Fleet, rings: readonly Ring[], file: string): string {
  const used = rings.filter(({ clusters }) => clusters.length > 0);
  return `${[
    `# Fleet: ${amount(fleet.clusters.length, "cluster")} in ${amount(used.length, "ring")}`,
    `Image \`${fleet.image}\`, state in \`${fleet.backend}\`. ${drift(fleet)}`,
    graph(used),
    ...used.map((ring) => section(fleet, ring)),
    `Written from \`${file}\` by \`npx krateo fleet render\`. Change that file, not this page.`,
  ].join("\n\n")}\n`;
}

function drift({ resync }: Fleet): string {
  return resync === undefined
    ? "A cluster runs when its configuration or the image changes."
    : `A cluster runs when its configuration or the image changes, and every ${resync}.`;
}

function graph(rings: readonly Ring[]): string {
  const id = new Map(rings.map((ring, index) => [ring.name, `ring${index}`]));
  return [
    "```mermaid",
    "graph LR",
    ...rings.map(
      ({ name, clusters }) => `  ${id.get(name)}["${name}: ${amount(clusters.length, "cluster")}"]`,
    ),
    ...rings.flatMap(({ name, after, within }) =>
      after === undefined
        ? []
        : [
            `  ${id.get(after.name)} -->|${within === undefined ? "succeeded" : `succeeded within ${within}`}| ${id.get(name)}`,
          ],
    ),
    "```",
  ].join("\n");
}

function section(fleet: Fleet, ring: Ring): string {
  const { name, after, within, clusters } = ring;
  const when =
    after === undefined
      ? "Starts at once."
      : `Starts when every cluster of ${after.name} has succeeded with its present configuration${within === undefined ? "" : `, within the last ${within}`}.`;
  const rows = clusters.map((cluster) => row(cluster, clusterConfig(fleet, ring, cluster)));
  const titles = ["cluster", "labels", ...Object.keys(columns), "other settings", "kubeconfig"];
  return [
    `## ${name}: ${amount(clusters.length, "cluster")}`,
    "",
    when,
    "",
    `| ${titles.join(" | ")} |`,
    `| ${titles.map(() => "---").join(" | ")} |`,
    ...rows.map((cells) => `| ${cells.map(cell).join(" | ")} |`),
  ].join("\n");
}

function row(cluster: FleetCluster, { values, secrets }: ClusterConfig): string[] {
  const others = Object.entries(values).filter(([key]) => !Object.hasOwn(columns, key));
  const { secret, key } = kubeconfigOf(cluster);
  return [
    cluster.name,
    Object.entries(cluster.labels ?? {})
      .map((label) => label.join("="))
      .join(", "),
    ...Object.entries(columns).map(([name, usual]) => String(values[name] ?? usual)),
    [
      ...others.map(([name, value]) => `${name}: ${shown(value)}`),
      ...Object.entries(secrets).map(([name, from]) => `${name}: key ${from.key} of Secret ${from.secret}`),
    ].join("; "),
    `key ${key} of Secret ${secret}`,
  ];
}

function shown(value: Tree): string {
  return isMap(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** A text that stays in one cell, whatever is in it. */
function cell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
