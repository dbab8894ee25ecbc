/** Reads the values of variables from live objects. */
import { needsNodes, nodeAddressOf, nodeAddressVariable } from "../../configuration/exposure/node-address.ts";
import { expandVariables } from "../../configuration/variables.ts";
import type { Settings, VariableStep } from "../../model/settings.ts";
import { plannedValue } from "../../plan/planned-value.ts";
import { NoValueError, selectValue } from "../../plan/select-value.ts";
import type { Connection } from "../client/connection.ts";
import { readObject } from "../client/read-object.ts";
import { readReleases } from "../client/releases.ts";
import { frontendAddressOf, readNodes } from "../nodes.ts";

/** What `${NAME}` stands for in a cluster as it is now. */
export interface VariableValues {
  readonly values: Readonly<Record<string, string>>;
  /** Those without a value: what they are read from is missing, or not what their selector expects. */
  readonly missing: readonly VariableStep[];
}

/** The variable that needs no step, by its name; nothing where no node tells an address. */
export function nodeAddressValue(
  settings: Settings,
  found: Parameters<typeof nodeAddressOf>[1],
): Readonly<Record<string, string>> {
  const address = nodeAddressOf(settings, found);
  return address === undefined ? {} : { [nodeAddressVariable]: address };
}

/**
 * The values of all variables, as an installation reads them.
 *
 * @throws as `get` in api.ts
 */
export async function readVariables(connection: Connection, settings: Settings): Promise<VariableValues> {
  const enabled = settings.steps.filter((step) => step.enabled);
  const steps = enabled.filter((step): step is VariableStep => step.type === "var");
  const [read, nodeAddress] = await Promise.all([
    Promise.all(steps.map((step) => plannedValue(step, enabled) ?? readFrom(connection, step))),
    readNodeAddress(connection, settings),
  ]);

  const values: Record<string, string> = { ...nodeAddress };
  const missing: VariableStep[] = [];
  for (const [index, step] of steps.entries()) {
    const found = step.valueFrom ? read[index] : (expandVariables(step.value ?? "", values) as string);
    if (found === undefined) missing.push(step);
    else values[step.name] = found;
  }
  return { values, missing };
}

async function readNodeAddress(
  connection: Connection,
  settings: Settings,
): Promise<Readonly<Record<string, string>>> {
  if (!needsNodes(settings)) return nodeAddressValue(settings, {});
  const [nodes, { releases }] = await Promise.all([
    readNodes(connection),
    readReleases(connection, settings.namespace),
  ]);
  return nodeAddressValue(settings, { nodes, frontendAddress: frontendAddressOf(settings, releases) });
}

async function readFrom(connection: Connection, step: VariableStep): Promise<string | undefined> {
  const from = step.valueFrom;
  if (!from) return undefined;
  try {
    return await selectValue(step, from, await readObject(connection, from));
  } catch (error) {
    if (error instanceof NoValueError) return undefined;
    throw error;
  }
}
