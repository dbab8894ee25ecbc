import assert from "node:assert/strict";
import * as command from "@pulumi/command";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as kinds from "../../resources/kinds.ts";

interface Request {
  toObject(): { readonly sourceposition?: object; readonly stacktrace?: object; readonly name: string };
}

/** What the engine would be asked to register; where in the program is left out. */
async function requests(program: () => unknown): Promise<object[]> {
  await pulumi.runtime.setMocks(
    { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs },
    "krateo",
    "test",
    false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, ...rest: unknown[]) => unknown;
  };
  const found: Request[] = [];
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, ...rest) => {
    found.push(request);
    return original(request, ...rest);
  };
  program();
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  return found.map((request) => {
    const { sourceposition: _position, stacktrace: _trace, ...asked } = request.toObject();
    return asked;
  });
}

const metadata = { name: "one", namespace: "shop", labels: { on: "yes" } };
const password = { length: 43, special: true, overrideSpecial: "-_" };
const definition = {
  metadata: { name: "things.example.org" },
  spec: {
    group: "example.org",
    names: { kind: "Thing", plural: "things" },
    scope: "Namespaced",
    versions: [{ name: "v1", served: true, storage: true }],
  },
};
const release = {
  name: "authn",
  namespace: "shop",
  chart: "./authn.tgz",
  version: "1.0.0",
  values: { a: pulumi.secret("b") },
  timeout: 300,
  skipAwait: false,
  maxHistory: 5,
  resetValues: true,
};
const shell = { create: "true", delete: "false", environment: { A: "b" }, triggers: ["one"] };
const place = { kubeconfig: "/a/kubeconfig", context: "shop", clusterIdentifier: "uid" };
const thing = { apiVersion: "example.org/v1", kind: "Thing", metadata, spec: { size: 1 } };

describe("a kind of resource is registered as its SDK registers it:", () => {
  const options = { retainOnDelete: true, ignoreChanges: ["metadata"] };
  const cases: Record<keyof typeof kinds, [sdk: () => unknown, own: () => unknown]> = {
    Provider: [() => new kubernetes.Provider("cluster", place), () => new kinds.Provider("cluster", place)],
    Namespace: [
      () => new kubernetes.core.v1.Namespace("one", { metadata }, options),
      () => new kinds.Namespace("one", { metadata }, options),
    ],
    Secret: [
      () =>
        new kubernetes.core.v1.Secret("one", { metadata, type: "Opaque", stringData: { a: "b" } }, options),
      () => new kinds.Secret("one", { metadata, type: "Opaque", stringData: { a: "b" } }, options),
    ],
    CustomResourceDefinition: [
      () => new kubernetes.apiextensions.v1.CustomResourceDefinition("kind", definition, options),
      () => new kinds.CustomResourceDefinition("kind", definition, options),
    ],
    KubernetesObject: [
      () => new kubernetes.apiextensions.CustomResource("thing", thing, options),
      () => new kinds.KubernetesObject("thing", thing, options),
    ],
    Release: [
      () => new kubernetes.helm.v3.Release("authn", release, options),
      () => new kinds.Release("authn", release, options),
    ],
    Command: [
      () => new command.local.Command("gate", shell, options),
      () => new kinds.Command("gate", shell, options),
    ],
    RandomPassword: [
      () => new random.RandomPassword("key", password, options),
      () => new kinds.RandomPassword("key", password, options),
    ],
  };
  for (const [name, [sdk, own]] of Object.entries(cases)) {
    it(name, async () => {
      const expected = await requests(sdk);
      assert.equal(expected.length, 1);
      assert.deepEqual(await requests(own), expected);
    });
  }

  it("an object of the core group, as the SDK registers its kind", async () => {
    const expected = await requests(() => new kubernetes.core.v1.Service("one", { metadata }));
    const service = { apiVersion: "v1", kind: "Service", metadata };
    assert.deepEqual(await requests(() => new kinds.KubernetesObject("one", service, {})), expected);
  });

  it("with the KUBECONFIG of the environment where none is given", async () => {
    const { KUBECONFIG: before } = process.env;
    process.env["KUBECONFIG"] = "/an/other/kubeconfig";
    try {
      const expected = await requests(() => new kubernetes.Provider("cluster", {}));
      assert.deepEqual(await requests(() => new kinds.Provider("cluster", {})), expected);
    } finally {
      if (before === undefined) delete process.env["KUBECONFIG"];
      else process.env["KUBECONFIG"] = before;
    }
  });
});
