import assert from "node:assert/strict";
import type { ManifestObject } from "../../../cluster/client/manifest.ts";
import { driftOf } from "../../../cluster/drift/object-difference.ts";
import { pathText } from "../../../model/path.ts";
import type { JsonObject } from "../../../model/settings.ts";
import { holding, withApiServer } from "../api-server.ts";
import { openapi } from "../openapi.ts";

const path = "/apis/apps/v1/namespaces/shop/deployments/web";
const manifest: ManifestObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { replicas: 1, template: { spec: { containers: [{ name: "web", image: "web:1" }] } } },
};

/** The Deployment as the API server has it, with what it and others have added. */
function object(spec: JsonObject = {}, image = "web:1", managedFields?: JsonObject[]): ManifestObject {
  const containers: JsonObject[] = [{ name: "sidecar" }, { name: "web", image, imagePullPolicy: "Always" }];
  return {
    ...manifest,
    metadata: {
      name: "web",
      namespace: "shop",
      resourceVersion: "7",
      ...(managedFields && { managedFields }),
    },
    spec: { replicas: 1, ...spec, template: { spec: { containers } } },
    status: { replicas: 1 },
  };
}

const forbidden = { status: 403, body: { message: "forbidden" } };
const refused = { status: 422, body: { message: "field is immutable" } };
const answer = (body: JsonObject) => ({ status: 200, body });

type Answer = typeof forbidden | ReturnType<typeof answer>;

/** What `driftOf` finds when the API server answers so, and what it was asked beside its OpenAPI document. */
async function asked(live: ManifestObject, patch: Answer, post: Answer = refused, planned = manifest) {
  let result: { differences: string[]; isForbidden: boolean; requests: string[] } | undefined;
  const handler = (method: string, place: string) =>
    method === "PATCH" ? patch : method === "POST" ? post : holding(openapi)(method, place);
  await withApiServer(handler, async (connection, requests) => {
    const { differences, isForbidden } = await driftOf(connection, { planned, path, live });
    result = {
      differences: differences.map(
        (one) => `${pathText(one.path)}: ${JSON.stringify(one.planned)} -> ${JSON.stringify(one.live)}`,
      ),
      isForbidden,
      requests: [...requests],
    };
  });
  return result as NonNullable<typeof result>;
}

const image = "spec.template.spec.containers[0].image";
const rules = "GET /openapi/v3/apis/apps/v1";
const [patching, posting] = [`PATCH ${path}?dryRun=All`, `POST ${path.replace("/web", "")}?dryRun=All`];

describe("an object differs from its manifest", () => {
  it("not where it reads word for word as that; nothing is asked", async () => {
    const planned = { ...manifest, spec: { replicas: 1, paused: null } };
    assert.deepEqual(await asked(object({ paused: true }), refused, refused, planned), {
      differences: [],
      isForbidden: false,
      requests: [],
    });
  });

  it("not where the API server makes of it what is there; nothing else is asked", async () => {
    const merged = object();
    merged["status"] = { replicas: 0 };
    merged.metadata = { ...merged.metadata, resourceVersion: "8" };
    assert.deepEqual(await asked(object(), answer(merged)), {
      differences: [],
      isForbidden: false,
      requests: [patching],
    });
  });

  it("where it makes something else of it, in the fields that the manifest sets, at their place there", async () => {
    const merged = object({ paused: true });
    const live = object({ replicas: 0 }, "web:2");
    assert.deepEqual(await asked(live, answer(merged)), {
      differences: ["spec.replicas: 1 -> 0", `${image}: "web:1" -> "web:2"`],
      isForbidden: false,
      requests: [patching, rules, posting],
    });
  });

  it("not where it makes the same of a new object, which admission rewrites", async () => {
    const live = object({ replicas: 0 }, "mirror/web:1");
    const { differences } = await asked(live, answer(object()), answer(object({}, "mirror/web:1")));
    assert.deepEqual(differences, ["spec.replicas: 1 -> 0"]);
  });

  it("as a new object does, where no patch can change it", async () => {
    const made = object({ replicas: 1 }, "mirror/web:1");
    const anew = { ...made, metadata: { name: "krateo-diff-abcde", namespace: "shop" } };
    assert.deepEqual((await asked(object({}, "mirror/web:1"), refused, answer(anew))).differences, []);
    assert.deepEqual((await asked(object({}, "web:2"), refused, answer(anew))).differences, [
      `${image}: "mirror/web:1" -> "web:2"`,
    ]);
  });

  it("as a whole where it is missing, without what is null", async () => {
    const planned = { ...manifest, spec: { replicas: 1, paused: null } };
    await withApiServer(holding({}), async (connection) => {
      const drift = await driftOf(connection, { planned, path, live: undefined });
      const whole = { ...manifest, spec: { replicas: 1 } };
      assert.deepEqual(drift, {
        planned: whole,
        differences: [{ path: [], planned: whole, live: undefined }],
        isForbidden: false,
      });
    });
  });

  it("not in what controllers report", async () => {
    const merged = object();
    merged["status"] = { replicas: 5 };
    const planned = { ...manifest, status: { replicas: 5 } };
    const { differences } = await asked(object({ paused: true }), answer(merged), refused, planned);
    assert.deepEqual(differences, []);
  });

  it("not in what a null of the manifest leaves open", async () => {
    const planned = { ...manifest, spec: { ...(manifest["spec"] as JsonObject), paused: null } };
    const { differences } = await asked(object({ paused: true }), answer(object()), refused, planned);
    assert.deepEqual(differences, []);
  });
});

describe("without the right to ask, an object differs from its manifest", () => {
  const by = (manager: string, spec: JsonObject): JsonObject => ({
    manager,
    operation: "Update",
    time: "2026-11-29T07:00:00Z",
    fieldsV1: { "f:spec": spec },
  });
  const helm = by("helm", { "f:replicas": {} });
  const web = { 'k:{"name":"web"}': { "f:image": {} } };
  const kubectl = by("kubectl-edit", { "f:template": { "f:spec": { "f:containers": web } } });

  it("where it reads otherwise", async () => {
    assert.deepEqual(await asked(object({ replicas: 0 }), forbidden, forbidden), {
      differences: ["spec.replicas: 1 -> 0"],
      isForbidden: true,
      requests: [patching, rules, posting],
    });
  });

  it("not where nothing reads otherwise; nothing else is asked", async () => {
    assert.deepEqual(await asked(object(), forbidden, forbidden), {
      differences: [],
      isForbidden: true,
      requests: [patching, rules],
    });
  });

  it("only in what somebody else has set, where the API server has a record of it", async () => {
    const live = object({ replicas: 0 }, "web:2", [helm, kubectl]);
    assert.deepEqual((await asked(live, forbidden, forbidden)).differences, [`${image}: "web:1" -> "web:2"`]);
  });

  it("in what is missing, but for what says nothing", async () => {
    const spec = { paused: false, a: "", b: [], c: { d: 0 }, e: { f: "x" } };
    const planned = { ...manifest, spec };
    const { differences } = await asked(object(), forbidden, forbidden, planned);
    assert.deepEqual(differences, ['spec.e: {"f":"x"} -> undefined']);
  });

  it("as a new object does, for a user who may create one", async () => {
    const live = object({ replicas: 2 }, "mirror/web:1");
    const { differences } = await asked(live, forbidden, answer(object({}, "mirror/web:1")));
    assert.deepEqual(differences, ["spec.replicas: 1 -> 2"]);
  });
});
