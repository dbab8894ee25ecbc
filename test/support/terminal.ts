/** A program in a pseudo-terminal, which `script` of util-linux makes: Debian and Ubuntu bring it in every installation. */
import { type ChildProcess, spawn } from "node:child_process";

/** A program that reads what is typed and writes to a terminal of 120 columns. */
export class Terminal {
  private readonly child: ChildProcess;
  private readonly ended: Promise<number>;
  /** What stands before it has been waited for already. */
  private seen = 0;
  private raw = "";

  constructor(command: readonly string[], directory: string, env: NodeJS.ProcessEnv = {}) {
    const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    this.child = spawn("script", ["-qefc", `stty cols 120 rows 60; exec ${line}`, "/dev/null"], {
      cwd: directory,
      env: { ...process.env, TERM: "xterm", ...env },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (text) => {
        this.raw += text;
      });
    this.ended = new Promise((resolve) => this.child.on("close", (code) => resolve(code ?? -1)));
  }

  /** All that it has written, without the codes that move the cursor and set colours. */
  get text(): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes
    return this.raw.replaceAll(/\x1b(\[[0-9;?>=]*[a-zA-Z]|\][^\x07]*\x07|[>=])/g, "").replaceAll("\r", "");
  }

  /** Waits until something is written that was not waited for before. @throws when it is not written in 30 s */
  async until(expected: RegExp): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      const found = expected.exec(this.text.slice(this.seen));
      if (found) {
        this.seen += found.index + found[0].length;
        return;
      }
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.child.kill();
    throw new Error(`${expected} was not written:\n${this.text.slice(this.seen)}`);
  }

  /** Types something; "\r" is the Enter key. */
  type(keys: string): void {
    this.child.stdin?.write(keys);
  }

  /** Ends it, if it has not ended. */
  stop(): void {
    this.child.kill();
  }

  /** Waits for its end. @returns its exit code */
  async end(): Promise<number> {
    return await this.ended;
  }
}

/** The keys that no letter stands for. */
export const keys = { enter: "\r", tab: "\t", down: "\x1b[B", up: "\x1b[A", space: " ", interrupt: "\x03" };
