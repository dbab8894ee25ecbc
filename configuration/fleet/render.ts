/** From FLEET.yaml to the files that a fleet's repository holds: the same text makes the same bytes. */
import { ConfigurationError } from "../../model/problem.ts";
import { yamlWriter } from "../yaml/shared-parts.ts";
import type { TextFile } from "../yaml/text-file.ts";
import { configProblems } from "./config-problems.ts";
import { readFleet } from "./fleet-file.ts";
import { fleetPage } from "./page.ts";
import { ringsOf } from "./rings.ts";
import { stacksOf } from "./stack-object.ts";

/**
 * Stands in the first line of every file that is rendered from the fleet's file `name`: such a file may be replaced, and
 * removed when its cluster is gone from that fleet.
 */
export function renderedMark(name: string): string {
  return `Rendered by npx krateo fleet render from ${name}; change that file instead.`;
}

/** Name of the page among the files. */
export const pageName = "README.md";

interface RenderedFleet {
  /**
   * Content by path: a Stack for each cluster in `NN-RING/CLUSTER.yaml`, with the ring's place in the order in front of its
   * name, so that `kubectl apply -R` makes those of the first ring first; and the page.
   */
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Renders a fleet.
 *
 * @param name the file as the user knows it: every rendered file names it
 * @param directory the project's folder, whose documents the image has; what is rendered does not depend on them
 * @throws ConfigurationError with every problem
 */
export function renderFleet(given: TextFile, name: string, directory: string): RenderedFleet {
  const { fleet, place, problems, warnings } = readFleet(given, name);
  if (fleet === undefined) throw new ConfigurationError(problems);
  const order = ringsOf(fleet, place);
  const found = [...order.problems, ...configProblems(fleet, order.rings, place, directory)];
  if (found.length > 0)
    throw new ConfigurationError(found.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)));
  const files = new Map<string, string>();
  const mark = renderedMark(name);
  const yaml = yamlWriter();
  for (const ring of order.rings) {
    const ofRing = stacksOf(fleet, ring);
    for (const cluster of ring.clusters) {
      const file = `${String(ring.stage).padStart(2, "0")}-${ring.name}/${cluster.name}.yaml`;
      files.set(file, `# ${mark}\n${yaml(ofRing(cluster))}`);
    }
  }
  files.set(pageName, `<!-- ${mark} -->\n${fleetPage(fleet, order.rings, name)}`);
  return { files, warnings: [...warnings, ...order.warnings] };
}
