import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** What Node loaded for a program until it ended. */
export interface LoadedModules {
  /** The project's own files, from its folder; those of packages begin with `node_modules/`. */
  readonly files: readonly string[];
  /** Parts of Node itself, as `process.moduleLoadList` names them. */
  readonly parts: readonly string[];
}

/** Runs a program to its end, in the project's folder, and tells what Node has loaded for it. */
export function loadedModules(args: readonly string[], env: NodeJS.ProcessEnv = {}): LoadedModules {
  const folder = mkdtempSync(join(tmpdir(), "krateo-modules-"));
  const list = join(folder, "list.json");
  const hook = [
    'import { registerHooks } from "node:module"; import { writeFileSync } from "node:fs";',
    "const urls = []; registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });",
    `process.on("exit", () => writeFileSync(${JSON.stringify(list)}, JSON.stringify({ urls, parts: process.moduleLoadList })));`,
  ].join("\n");
  // A rehearsal's environment would keep compiled code elsewhere, and from the first file on.
  const { NODE_COMPILE_CACHE: _, ...inherited } = process.env;
  try {
    const { stderr } = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, ...args],
      {
        cwd: root,
        env: { ...inherited, ...env },
        encoding: "utf8",
      },
    );
    if (!existsSync(list)) throw new Error(stderr);
    const { urls, parts } = JSON.parse(readFileSync(list, "utf8")) as { urls: string[]; parts: string[] };
    const files = urls.filter((url) => url.startsWith("file:"));
    return {
      files: files.map((url) => url.replace(/^.*\/(?=node_modules\/)/, "").replace(`file://${root}/`, "")),
      parts,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
