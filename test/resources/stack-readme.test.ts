import assert from "node:assert/strict";
import { stackReadme } from "../../resources/stack-readme.ts";

describe("the stack's README", () => {
  it("says where the platform is, how to log in and how to go on, with the stack's name in each command", () => {
    const text = stackReadme({
      stack: "prod",
      type: "nodeport",
      namespace: "shop",
      platformVersion: "3.0.0",
      addresses: { frontend: "http://192.0.2.1:30080", eventsPresenter: "http://192.0.2.1:30083" },
      passwordCommand: "kubectl get secret x",
    });
    assert.match(text, /^# Krateo 3\.0\.0\n\nType `nodeport`, in namespace `shop`\.\n/);
    assert.match(
      text,
      /\n\| frontend \| http:\/\/192\.0\.2\.1:30080 \|\n\| events-presenter \| http:.*:30083 \|\n/,
    );
    assert.match(text, /\n {4}kubectl get secret x\n/);
    const commands = text.match(/`npx (krateo|pulumi) .*?`/g);
    assert.deepEqual(
      commands?.map((command) => / --stack prod`$/.test(command)),
      [true, true, true, true],
    );
  });
});
