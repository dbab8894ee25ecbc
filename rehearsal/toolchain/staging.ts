import { execFile } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Makes a module in a folder from which the packages of another one can be built. Kubernetes keeps some of its modules
 * in its own repository, so that its go.mod leads to folders that its published module does not have; here each leads
 * to the tag that belongs to it: v0.33.13 to Kubernetes v1.33.13.
 *
 * @param folder Empty; gets go.mod and go.sum, to which go adds the sums of the tags.
 * @throws Error when the module proxy does not have it
 */
export async function writeStagingModule(
  folder: string,
  { module, version }: { readonly module: string; readonly version: string },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const go = async (...args: string[]) =>
    (await run("go", args, { cwd: folder, env, maxBuffer: 64 << 20 })).stdout;
  const { Dir, GoMod } = JSON.parse(await go("mod", "download", "-json", `${module}@v${version}`));
  const { Replace } = JSON.parse(await go("mod", "edit", "-json", GoMod));
  const staged: string[] = Replace.filter(({ New }: Replacement) => New.Path.startsWith("./staging/")).map(
    ({ Old }: Replacement) => Old.Path,
  );
  await copyFile(GoMod, join(folder, "go.mod"));
  await copyFile(join(Dir, "go.sum"), join(folder, "go.sum"));
  const tag = version.replace(/^1\./, "v0.");
  await go(
    "mod",
    "edit",
    `-module=krateo.io/rehearsal/${module}`,
    `-require=${module}@v${version}`,
    ...staged.map((path) => `-replace=${path}=${path}@${tag}`),
  );
}

/** One of `go mod edit -json`. */
interface Replacement {
  readonly Old: { readonly Path: string };
  readonly New: { readonly Path: string };
}
