import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";

/** A line with which `go -v` tells that it compiles a package: the package's path and nothing else. */
const packageLine = /^[\w.~/-]+$/;

interface GoOptions {
  /** What it is run for, in an error: `building helm 3.20.2`. */
  readonly purpose: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** File that gets all that a failed command has printed. */
  readonly report: string;
}

/** Runs go in a folder; what it prints is kept, and shown only when it fails. */
export class GoCommand {
  private readonly options: GoOptions;
  /** What it told on its way, of all commands. */
  private said = "";

  constructor(options: GoOptions) {
    this.options = options;
  }

  /** How many packages it has begun to compile, as far as `-v` was given. */
  get compiled(): number {
    return this.said.split("\n").filter((line) => packageLine.test(line)).length;
  }

  /** The lines of what go prints. @throws Error as `run` does */
  async lines(...args: string[]): Promise<string[]> {
    return (await this.run(...args)).split("\n").filter((line) => line !== "");
  }

  /**
   * @returns what go printed for programs to read
   * @throws Error with the end of what go said, and where the rest is
   */
  async run(...args: string[]): Promise<string> {
    const { purpose, folder, env, report } = this.options;
    const child = spawn("go", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => resolve(exitCode ?? signal));
    });
    if (code === 0) return output;
    await writeFile(report, this.said + output).catch(() => undefined);
    const errors = this.said
      .split("\n")
      .filter((line) => line && !packageLine.test(line) && !line.startsWith("go: downloading "));
    throw new Error(
      `${purpose} failed: go ${args[0]} ended with ${code}\n` +
        `${errors
          .slice(-8)
          .map((line) => `  ${line}`)
          .join("\n")}\n` +
        `Everything it printed is in ${report}. Run the same command again to resume: what was compiled is kept.`,
    );
  }
}
