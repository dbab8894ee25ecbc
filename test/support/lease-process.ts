/**
 * A process of its own that takes the Lease when it is told to, as a run does: `hold` and `release` on its channel. It
 * answers `held`, `released`, or why it does not hold it. Its clock is KRATEO_TEST_CLOCK_SECONDS ahead.
 */
import { connect } from "../../cluster/client/connection.ts";
import { RunLease } from "../../cluster/lease/run-lease.ts";

const ahead = Number(process.env["KRATEO_TEST_CLOCK_SECONDS"] ?? 0) * 1000;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given: [number] | []) {
    super(given[0] ?? RealDate.now() + ahead);
  }

  static override now(): number {
    return RealDate.now() + ahead;
  }
} as DateConstructor;

const [kubeconfig = "", namespace = ""] = process.argv.slice(2);
const connection = connect({ kubeconfig });
let lease: RunLease | undefined;

process.on("message", async (word) => {
  if (word === "release") {
    await lease?.release();
    process.send?.("released");
    return;
  }
  const onLost = ({ what }: { what: string }): void => void process.send?.(what);
  lease = new RunLease(connection, namespace, { activity: "test", onLost, engine: process.pid });
  try {
    await lease.hold();
    process.send?.("held");
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : String(error));
  }
});
process.send?.("ready");
