import assert from "node:assert/strict";
import { parse } from "yaml";
import { krateoctlDocument } from "../../migration/krateoctl-document.ts";
import type { JsonObject } from "../../model/settings.ts";
import { type GivenObject, read, set, stepOf, unchanged, without } from "./objects.ts";

const convert = (object: GivenObject) => {
  const { text, leftOut } = krateoctlDocument(read(object), "nodeport");
  const document = parse(text) as {
    componentsDefinition: JsonObject;
    steps: { id: string; with: JsonObject }[];
  };
  return {
    text,
    leftOut,
    document,
    input: (id: string) => document.steps.find((step) => step.id === id)?.with,
  };
};

describe("the document that upstream's CLI would make", () => {
  it("has a chart's fields under upstream's names", () => {
    const object = unchanged();
    stepOf(object, "install-authn").with = {
      name: "authn",
      repository: "https://charts.example.org",
      version: "0.22.2",
      wait: true,
      waitTimeout: "5m",
      set: [
        { name: "service.nodePort", value: "30080" },
        { name: "tls.enabled", value: "False" },
        { name: "hosts[0].name", value: "a.$DOMAIN" },
        { name: "opt", value: null },
        { name: "map[]" },
      ],
    };
    assert.deepEqual(convert(object).input("install-authn"), {
      releaseName: "authn",
      repo: "authn",
      url: "https://charts.example.org",
      version: "0.22.2",
      wait: true,
      waitTimeout: "5m",
      values: {
        hosts: [{ name: "a.$DOMAIN" }],
        opt: null,
        service: { nodePort: "30080" },
        tls: { enabled: false },
      },
    });
  });

  it("keeps a release's own name, and gives an object the namespace", () => {
    const object = unchanged("nodeport", "shop");
    object.spec.steps.push({
      id: "note",
      type: "object",
      with: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "note" },
        set: [{ name: "data.a", value: "1" }],
      },
    });
    const { input, document } = convert(object);
    assert.equal(input("install-eventsse-etcd")?.["releaseName"], "eventsse-etcd");
    assert.deepEqual(input("note"), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "note", namespace: "shop" },
      data: { a: "1" },
    });
    assert.deepEqual(document.componentsDefinition["own-steps"], {
      description: "Steps of your own",
      steps: ["note"],
    });
  });

  it("lists only components and steps that are there", () => {
    const finops = unchanged()
      .spec.steps.map(({ id }) => id)
      .filter((id) => /finops|install-opa/.test(id));
    const { document } = convert(without(unchanged(), ...finops, "install-sweeper"));
    assert.ok(!("finops" in document.componentsDefinition));
    assert.deepEqual((document.componentsDefinition["eventstack"] as JsonObject)["steps"], [
      "install-eventrouter",
      "install-eventsse-etcd",
      "install-eventsse",
      "extract-eventsse-nodeport-port",
      "extract-eventsse-internal-port",
    ]);
  });

  it("holds no secret, and says what it left out", () => {
    const object = set(unchanged(), "install-authn", { "env.OIDC_SECRET": "GOLDEN", "env.OTHER": "seen" });
    set(object, "create-jwt-sign-key", { "stringData.JWT_SIGN_KEY": "GOLDEN" });
    const { text, leftOut, input } = convert(object);
    assert.ok(!text.includes("GOLDEN"));
    assert.deepEqual((input("install-authn")?.["values"] as JsonObject)["env"], {
      OTHER: "seen",
    });
    assert.deepEqual(leftOut, [
      "step create-jwt-sign-key: its Secret stays in the cluster as it is",
      "step install-authn: values.env.OIDC_SECRET, a secret",
    ]);
  });
});
