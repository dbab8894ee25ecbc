/** A history in words: operations with their inputs, separated by semicolons. */
import type * as fc from "fast-check";
import type { Model } from "./model.ts";
import type { Operation } from "./operation.ts";
import type { Platform } from "./platform.ts";

/** An operation with its inputs, as fast-check runs and shrinks it. */
export class Step implements fc.AsyncCommand<Model, Platform> {
  private readonly operation: Operation;
  private readonly inputs: readonly string[];

  constructor(operation: Operation, inputs: readonly string[]) {
    this.operation = operation;
    this.inputs = inputs;
  }

  check(model: Readonly<Model>): boolean {
    return this.operation.possible?.(model) ?? true;
  }

  async run(_model: Model, platform: Platform): Promise<void> {
    await platform.step(this.toString(), () => this.operation.run(platform, ...this.inputs));
  }

  toString(): string {
    return [this.operation.name, ...this.inputs].join(" ");
  }
}

/**
 * Reads what `Step.toString` and a report have written: `value true; kill program 12; up`.
 *
 * @throws RangeError naming what is no operation, and those that there are
 */
export function parseScript(script: string, operations: readonly Operation[]): Step[] {
  const lines = script.split(";").map((text) => text.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", ...inputs] = line.split(/\s+/);
      const operation = operations.find((one) => one.name === name);
      if (operation && operation.inputs.length === inputs.length) return new Step(operation, inputs);
      const known = operations.map((one) => `${one.name}${" INPUT".repeat(one.inputs.length)}`);
      throw new RangeError(`"${line}" is no operation; allowed: ${known.join(", ")}`);
    });
}
