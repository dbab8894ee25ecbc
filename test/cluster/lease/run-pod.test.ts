import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { hasEnded, ownNamespace, ownPod, podSince } from "../../../cluster/lease/run-pod.ts";
import { holding, withApiServer } from "../api-server.ts";

const since = Date.parse("2026-01-01T12:00:00Z");
const early = "2026-01-01T11:00:00Z";
const late = "2026-01-01T12:30:00Z";

interface Given {
  readonly uid?: string;
  readonly created?: string;
  readonly phase?: string;
  /** When its container was started; undefined: it runs none. */
  readonly started?: string | undefined;
}

const pod = ({ uid = "u", created = early, phase = "Running", ...rest }: Given = {}) => {
  const startedAt = "started" in rest ? rest.started : early;
  const state = startedAt === undefined ? { terminated: {} } : { running: { startedAt } };
  return {
    metadata: { name: "runner", namespace: "ci", uid, creationTimestamp: created },
    status: { phase, containerStatuses: [{ state }] },
  };
};

const place = { namespace: "ci", name: "runner" };
const path = "/api/v1/namespaces/ci/pods";

describe("the pod of a run", () => {
  const asked = async <T>(objects: object, question: (connection: never) => Promise<T>): Promise<T> => {
    let answer: T | undefined;
    await withApiServer(holding(objects as never), async (connection) => {
      answer = await question(connection as never);
    });
    return answer as T;
  };

  for (const [sentence, given, ended] of [
    ["runs a container", {}, false],
    ["is another one of the same name", { uid: "other" }, true],
    ["has failed", { phase: "Failed" }, true],
    ["has done its work", { phase: "Succeeded" }, true],
    ["runs no container any more", { started: undefined }, true],
    [
      "runs a container that was started again: the run may be in another one of it",
      { started: late },
      false,
    ],
  ] as const) {
    it(`has ${ended ? "" : "not "}ended when it ${sentence}`, async () => {
      const objects = { [`${path}/runner`]: pod(given) };
      assert.equal(await asked(objects, (connection) => hasEnded(connection, { ...place, uid: "u" })), ended);
    });
  }

  it("has ended when it is gone", async () => {
    assert.equal(await asked({}, (connection) => hasEnded(connection, { ...place, uid: "u" })), true);
  });

  it("has not ended for somebody who may not read it", async () => {
    const refuse = () => ({ status: 403, body: { message: "forbidden" } });
    await withApiServer(refuse, async (connection) => {
      assert.equal(await hasEnded(connection, { ...place, uid: "u" }), false);
    });
  });

  for (const [sentence, given, state] of [
    ["runs, when it has run since before", {}, "running"],
    ["has ended, when it was made anew since", { created: late, started: late }, "ended"],
    ["has ended, when its container was started anew since", { started: late }, "ended"],
    ["has ended, when it runs no container any more", { started: undefined }, "ended"],
  ] as const) {
    it(`of a host's name ${sentence}`, async () => {
      const objects = { [`${path}/runner`]: pod(given) };
      assert.equal(await asked(objects, (connection) => podSince(connection, place, since)), state);
    });
  }

  it("of a host's name tells nothing when there is none: the host may never have been a pod", async () => {
    assert.equal(await asked({}, (connection) => podSince(connection, place, since)), undefined);
  });

  it("is known to the run itself by the host's name, where the API server has such a pod", async () => {
    const folder = mkdtempSync(join(tmpdir(), "account-"));
    try {
      assert.equal(ownNamespace(folder), undefined);
      writeFileSync(join(folder, "namespace"), "ci\n");
      assert.equal(ownNamespace(folder), "ci");
    } finally {
      rmSync(folder, { recursive: true });
    }
    const name = hostname();
    const objects = { [`${path}/${name}`]: pod() };
    assert.deepEqual(await asked(objects, (connection) => ownPod(connection, "ci")), {
      namespace: "ci",
      name,
      uid: "u",
    });
    // A pod in the network of its node has the node's name.
    assert.equal(await asked({}, (connection) => ownPod(connection, "ci")), undefined);
    assert.equal(await asked(objects, (connection) => ownPod(connection, undefined)), undefined);
  });
});
