import assert from "node:assert/strict";
import { type Means, meansFor, meansText, replacement } from "../../../cluster/drift/means.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { type Handler, holding, withApiServer } from "../api-server.ts";
import { openapi } from "../openapi.ts";

describe("how an object becomes what its manifest says", () => {
  const path = "/apis/example.org/v1/namespaces/shop/widgets/w";
  const widget = (spec: JsonObject) => ({
    apiVersion: "example.org/v1",
    kind: "Widget",
    metadata: { name: "w" },
    spec,
  });

  /** What the API server is asked to merge. */
  async function merged(former: JsonObject, next: JsonObject): Promise<unknown> {
    let asked: unknown;
    const handler: Handler = (method, place, _, body) => {
      if (method === "GET") return holding(openapi)(method, place);
      asked = body;
      return { status: 200, body: {} };
    };
    const live = widget({ size: 3, colour: "red" });
    await withApiServer(handler, async (connection) => {
      const object = { planned: widget(next), live, path };
      assert.deepEqual(await meansFor(connection, object, widget(former)), { how: "merge", because: "" });
    });
    return asked;
  }

  it("is asked for all of a custom resource that is applied again, of which Helm would send nothing", async () => {
    assert.deepEqual(await merged({ size: 1 }, { size: 1 }), widget({ size: 1 }));
  });

  it("is asked for the difference of a custom resource that is upgraded, as Helm sends it", async () => {
    assert.deepEqual(await merged({ size: 1, colour: "red" }, { size: 1, parts: 2 }), {
      apiVersion: "example.org/v1",
      kind: "Widget",
      spec: { parts: 2, colour: null },
    });
  });

  it("is not known of a kind that is not there", async () => {
    await withApiServer(holding({}), async (connection) => {
      const object = { planned: widget({}), live: undefined, path: undefined };
      assert.equal(await meansFor(connection, object), undefined);
    });
  });
});

describe("an object that is set to its manifest as a whole", () => {
  const deployment = (spec: JsonObject) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec,
  });
  const live = deployment({ replicas: 3, paused: true });
  const cases: [what: string, planned: JsonObject, replicas: number][] = [
    ["keeps the number of pods that its manifest leaves open", {}, 3],
    ["gets the number of pods that its manifest names", { replicas: 1 }, 1],
  ];
  for (const [what, planned, replicas] of cases) {
    it(what, () => assert.deepEqual(replacement(deployment(planned), live)["spec"], { replicas }));
  }
});

describe("what is said of an object", () => {
  const cases: [means: Means | undefined, text: string | undefined][] = [
    [undefined, undefined],
    [{ how: "merge", because: "" }, undefined],
    [
      { how: "replace", because: "b" },
      "Service web cannot be merged (b): it is set to its manifest as a whole",
    ],
    [
      { how: "recreate", because: "b" },
      "Service web cannot be changed in place (b): it is deleted and made again",
    ],
    [
      { how: "none", because: "b" },
      "Service web cannot be put back, the API server refuses it (b); correct or delete it by hand",
    ],
  ];
  for (const [means, text] of cases) {
    it(`with ${means?.how ?? "nothing known"}`, () => assert.equal(meansText("Service web", means), text));
  }
});
