import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { componentProcesses } from "../../rehearsal/control-plane.ts";
import { paths, rehearsal } from "../support/rehearsal.ts";

/** 127.0.0.1, ::1 and ::ffff:127.0.0.1 as /proc/net writes them. */
const loopback = ["0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"];

/** Addresses at which a process listens, as /proc/net writes them; state 0A means listening. */
function listening(pid: number): string[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return [];
      }
    }),
  );
  return ["tcp", "tcp6"]
    .flatMap((file) => readFileSync(`/proc/${pid}/net/${file}`, "utf8").split("\n"))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && sockets.has(`socket:[${fields[9]}]`))
    .map((fields) => (fields[1] as string).split(":")[0] as string);
}

describe("the rehearsal cluster", () => {
  it("listens for this machine only, since its etcd asks nobody for a password", async () => {
    await rehearsal();
    const components = await componentProcesses(paths.directory);
    const addresses = components.map(
      ({ component, pid }) => [component, pid === undefined ? [] : listening(pid)] as const,
    );
    assert.deepEqual(
      addresses.map(([component, found]) => `${component} ${found.length}`),
      ["etcd 2", "kube-apiserver 1", "kube-controller-manager 1", "kube-scheduler 1", "kwok-controller 1"],
    );
    for (const [component, found] of addresses)
      assert.deepEqual(
        found.filter((address) => !loopback.includes(address)),
        [],
        component,
      );
  });
});
