/** `krateo fleet`: what a hub of many clusters is made of. */
import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { amount } from "../model/amount.ts";
import { ConfigurationError, type Problem } from "../model/problem.ts";
import { type NewFile, writeNewFiles } from "./new-files.ts";
import type { Session } from "./session.ts";

/** `krateo fleet render`: Stacks for the Pulumi Kubernetes Operator. */
export function fleetCommand(session: Session): Command {
  return new Command("fleet")
    .description("Many clusters from one hub: docs/gitops.md.")
    .addCommand(renderCommand(session));
}

function renderCommand(session: Session): Command {
  return new Command("render")
    .summary("write a Stack for each cluster of a fleet, and a page that says who gets what and when")
    .description(
      "Reads a file with clusters, rings and configuration, and writes a Stack for each cluster, which waits for the clusters of " +
        "the ring before it, and a page (README.md). The same file makes the same bytes. Needs no cluster and no network.",
    )
    .argument("<file>", "the fleet's file, such as gitops/pko/fleet.yaml")
    .option(
      "--output <folder>",
      "write into a folder; what the same file's clusters that are gone have left there is removed",
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo fleet render fleet.yaml                     print the Stacks
  npx krateo fleet render fleet.yaml --output fleet/     write fleet/NN-RING/CLUSTER.yaml and fleet/README.md

Exit codes: 0 rendered, 1 the file is wrong (every problem is listed), or a file in the folder was not rendered from it.`,
    )
    .action(async (given: string, { output }: { readonly output?: string }) => {
      const file = resolve(session.directory, given);
      // However it was typed, since the rendered files name it.
      const name = relative(session.directory, file);
      const [{ renderFleet, pageName }, { readTextFile }] = await Promise.all([
        import("../configuration/fleet/render.ts"),
        import("../configuration/yaml/text-file.ts"),
      ]);
      const text = readTextFile(file, name);
      if (text === undefined)
        throw new ConfigurationError([
          { what: "there is no such file", file: name, next: "docs/gitops.md has one to begin with" },
        ]);
      const { files, warnings } = renderFleet(text, name, session.directory);
      for (const warning of warnings) session.note(`warning: ${warning}`);
      if (output === undefined) {
        const stacks = [...files].filter(([path]) => path !== pageName).map(([, stack]) => stack.trimEnd());
        session.print(stacks.join("\n---\n"));
        return;
      }
      const removed = await writeInto(resolve(session.directory, output), output, files, name);
      for (const path of removed)
        session.print(`removed ${join(output, path)}: its cluster is not in that ring of the fleet any more`);
      session.print(
        `${output} has ${amount(files.size - 1, "Stack")} and ${pageName}, which says who gets what and when`,
      );
    });
}

/**
 * Writes the files of a fleet, all or none, and then removes those that an earlier rendering of the same fleet left. Looks only
 * where a rendering writes: into the folders of rings, directly below.
 *
 * @param fleet name of the fleet's file
 * @returns paths of what was removed
 */
async function writeInto(
  folder: string,
  shown: string,
  files: ReadonlyMap<string, string>,
  fleet: string,
): Promise<readonly string[]> {
  const { renderedMark } = await import("../configuration/fleet/render.ts");
  const mark = renderedMark(fleet);
  const isRendered = (path: string): boolean =>
    readFileSync(join(folder, path), "utf8").split("\n", 1)[0]?.includes(mark) ?? false;
  const foreign = [...files.keys()].filter((path) => existsSync(join(folder, path)) && !isRendered(path));
  if (foreign.length > 0)
    throw new ConfigurationError(
      foreign.map(
        (path): Problem => ({
          what: `the file was not rendered from ${fleet}, and nothing was changed`,
          file: join(shown, path),
          next: "move it away, or write into another folder",
        }),
      ),
    );
  const old = globSync("[0-9][0-9]*-*/*.yaml", { cwd: folder }).filter(
    (path) => !files.has(path) && isRendered(path),
  );
  writeNewFiles(
    [...files].map(([path, text]): NewFile => ({ file: join(folder, path), text })),
    { force: true },
  );
  for (const path of old) rmSync(join(folder, path));
  return old.toSorted();
}
