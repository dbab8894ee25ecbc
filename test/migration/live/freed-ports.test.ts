import assert from "node:assert/strict";
import { waitForNodePorts } from "../../../migration/live/freed-ports.ts";
import { errorOf, withApiServer } from "../../cluster/api-server.ts";

describe("a node port", () => {
  const ask = async (answers: readonly string[]): Promise<number> => {
    let asked = 0;
    await withApiServer(
      () => {
        const message = answers[Math.min(asked++, answers.length - 1)];
        return message ? { status: 422, body: { message } } : { status: 200, body: {} };
      },
      (connection) => waitForNodePorts(connection, "shop", [30083], 0.4),
    );
    return asked;
  };
  const taken = "spec.ports[0].nodePort: Invalid value: 30083: provided port is already allocated";

  it("is waited for until the API server would give it out", async () => {
    assert.equal(await ask([taken, ""]), 2);
  });
  it("is named when it stays taken", async () => {
    assert.equal((await errorOf(ask([taken]))).message, "node port 30083 is still taken after 0.4 s");
  });
  it("is not waited for when the question itself is refused", async () => {
    assert.equal(await ask(["exceeded quota"]), 1);
  });
});
