/** Judges how commands end in a bad network. */
import assert from "node:assert/strict";
import { answers } from "../../rehearsal/control-plane.ts";
import type { BadNetwork } from "./bad-networks.ts";
import type { FaultyNetwork } from "./faulty-network.ts";
import { type Outcome, paths, until } from "./rehearsal.ts";
import type { TestStack } from "./test-stack.ts";

/** What a fault of the network is called, here, by Pulumi, Helm or Kubernetes. */
const named = new RegExp(
  [
    "cannot be reached",
    "connection (reset|refused|lost)",
    "unexpected EOF|: EOF",
    "currently unable to handle the request",
    "has lost the Lease",
    "TLS handshake",
    "http2: ",
    "configured Kubernetes cluster is unreachable",
    "the connection to the cluster broke, or was too slow",
    "does not accept the login any more",
    // Helm keeps to itself why an object could not be deleted; docs/removal.md says what to do.
    "failed to delete release: \\S+",
  ].join("|"),
);

/** Silence in seconds that a user may take for a program that hangs. */
export const silenceLimit = 10;

/** Whether a command has succeeded. Fails where it was silent, or failed for anything but the network. */
export function isWell(outcome: Outcome, { harmless }: BadNetwork): boolean {
  const { code, output, silentSeconds } = outcome;
  assert.ok(silentSeconds <= silenceLimit, `nothing was said for ${silentSeconds} s:\n${output}`);
  if (code === 0) return true;
  assert.ok(!harmless, output);
  assert.match(output, named);
  assert.doesNotMatch(output, /unhandled exception|node_modules|panic:/);
  return false;
}

/** Opens a network for a test, which fails unless the network has done something to what went through it. */
export async function inNetwork(
  one: BadNetwork,
  test: (network: FaultyNetwork) => Promise<void>,
): Promise<void> {
  const network = await one.open();
  try {
    await test(network);
    assert.ok(network.faults() > 0, "the network has done nothing");
  } finally {
    await network.close();
    await until(() => answers(paths.directory));
  }
}

/** Lets a network do nothing more. */
export async function calm(network: FaultyNetwork): Promise<void> {
  network.faulty = false;
  await until(() => answers(paths.directory));
}

/** Runs a command of pulumi's; where it fails for the network's sake, then once more in one that is well, after a repair. */
export async function converges(
  stack: TestStack,
  command: "up" | "destroy",
  network: FaultyNetwork,
  one: BadNetwork,
): Promise<void> {
  const outcome = await stack.pulumi(command);
  if (isWell(outcome, one)) return;
  await calm(network);
  const repair = await stack.krateo("repair");
  assert.equal(repair.code, 0, repair.output);
  const again = await stack.pulumi(command, ...(command === "destroy" ? ["--refresh"] : []));
  assert.equal(again.code, 0, `${outcome.output}\n--- then ---\n${again.output}`);
  network.faulty = true;
}
