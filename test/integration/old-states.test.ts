import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { markerAnnotation } from "../../model/inventory.ts";
import type { JsonObject } from "../../model/settings.ts";
import { helm, helmReleases, kubeconfig, mirror, root, seedLegacy, startOver } from "../support/rehearsal.ts";
import { apply, change, live } from "../support/rehearsed-cluster.ts";
import { smallPlatform, smallReleases } from "../support/small-platform.ts";
import { type StoredResource, type StoredState, storedState, storeState } from "../support/stored-state.ts";
import { TestStack } from "../support/test-stack.ts";
import { carryOver } from "./migrated-platform.ts";

/** With KRATEO_TEST_STATES=write the states are written anew instead. */
const isWriting = process.env["KRATEO_TEST_STATES"] === "write";

interface Stored {
  readonly config: JsonObject;
  readonly components: JsonObject;
  /** Key of the configuration with secret values, by path. */
  readonly secret?: JsonObject;
  /** Namespace and Secret were there before the stack. */
  readonly isAdopted?: boolean;
  /** Makes of a new cluster one of which the program wrote the state. */
  readonly prepare: () => Promise<void>;
}

/** Charts and kubeconfig lie there: their paths are part of a state, also of its encrypted parts. */
const folder = ".rehearsal-states";

const nodeport = { type: "nodeport", kubeconfig: `${folder}/kubeconfig` };
const debug = { "install-core-provider": { helmValues: { env: { CORE_PROVIDER_DEBUG: "true" } } } };

const states: Readonly<Record<string, Stored>> = {
  nodeport: { config: nodeport, components: {}, prepare: startOver },
  "with-overrides": {
    config: { ...nodeport, profiles: ["debug"] },
    components: { "composable-operations": { stepConfig: debug } },
    secret: { "components.backend.stepConfig.install-authn.helmValues.env.EXTRA_SECRET": "not-in-clear" },
    prepare: startOver,
  },
  adopted: {
    config: nodeport,
    components: {},
    isAdopted: true,
    prepare: async () => {
      await startOver();
      await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "krateo-system" } });
      const metadata = { name: "jwt-sign-key", namespace: "krateo-system" };
      const stringData = { JWT_SIGN_KEY: "their-own-signing-key" };
      await apply({ apiVersion: "v1", kind: "Secret", metadata, stringData });
      const { code, output } = await helm(
        "install",
        "authn",
        `${mirror}/authn-0.22.2.tgz`,
        "-n",
        "krateo-system",
      );
      assert.equal(code, 0, output);
    },
  },
  migrated: {
    config: nodeport,
    components: {},
    isAdopted: true,
    // A whole platform is migrated, and what is not needed here then switched off.
    prepare: async () => {
      await seedLegacy("nodeport");
      const stack = await open("state-migrated");
      await carryOver(stack);
      await succeeds(stack, "up");
      const off = Object.keys(smallPlatform().components as JsonObject);
      await stack.configure({ ...nodeport, allowRemoval: off });
      await stack.override(smallPlatform());
      await succeeds(stack, "up");
    },
  },
};

async function open(name: string): Promise<TestStack> {
  const stack = await TestStack.open(name, nodeport, { KRATEO_CHARTS_DIR: `${folder}/charts` });
  await cp(kubeconfig, join(root, folder, "kubeconfig"));
  return stack;
}

async function configure(stack: TestStack, { config, components, secret }: Stored): Promise<void> {
  await stack.configure(config);
  await stack.override(smallPlatform(components));
  if (secret) await stack.encrypt("krateo:set", secret);
}

async function succeeds(stack: TestStack, command: string, ...args: string[]): Promise<string> {
  const { code, output } = await stack.pulumi(command, ...args);
  assert.equal(code, 0, output);
  return output;
}

/** Takes the mark of this program from what an adopting stack has not made. */
async function disown(): Promise<void> {
  const unmarked = { metadata: { annotations: { [markerAnnotation]: null } } };
  await change("Namespace", "krateo-system", { namespace: "" }, unmarked);
  await change("Secret", "jwt-sign-key", {}, unmarked);
}

async function clusterUid(): Promise<string> {
  const { metadata } = (await live("Namespace", "kube-system", { namespace: "" })) as {
    metadata: { uid: string };
  };
  return metadata.uid;
}

const resourcesOf = (state: string): readonly StoredResource[] =>
  (JSON.parse(state) as StoredState).deployment.resources;

/** A value that Pulumi has encrypted. */
const isEncrypted = (value: unknown): boolean =>
  typeof (value as JsonObject | undefined)?.["ciphertext"] === "string";

describe("the state of a stack that an earlier program wrote", () => {
  before(async () => {
    await startOver();
    await rm(join(root, folder), { recursive: true, force: true });
  });

  for (const [name, stored] of Object.entries(states)) {
    if (isWriting)
      it(`${name} is written`, async () => {
        await stored.prepare();
        const stack = await open(`state-${name}`);
        await configure(stack, stored);
        await succeeds(stack, "up");
        await succeeds(stack, "preview", "--expect-no-changes");
        assert.deepEqual(Object.keys(await helmReleases()).toSorted(), smallReleases);
        await storeState(name, await stack.state(), await clusterUid());
      });
    else
      it(`${name} is previewed without any change where this program has installed the same`, async () => {
        const current = await open("state-current");
        await configure(current, stored);
        await succeeds(current, "up");
        if (stored.isAdopted) await disown();
        const stack = await open(`state-${name}`);
        await configure(stack, stored);
        await stack.restoreState(await storedState(name, await clusterUid()));
        await succeeds(stack, "preview", "--expect-no-changes");
      });
  }

  for (const name of Object.keys(states)) {
    it(`${name} has no secret and no path of a machine in it`, async () => {
      const state = await storedState(name, "any");
      const resources = resourcesOf(state);
      const passwords = resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
      const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
      assert.ok(passwords.length > 0 && secrets.length > 0);
      for (const { urn, outputs } of passwords)
        assert.ok(isEncrypted((outputs as JsonObject)["result"]), urn);
      for (const { urn, inputs, outputs } of secrets)
        for (const place of [inputs, outputs] as JsonObject[])
          assert.ok(place["data"] === undefined || isEncrypted(place["data"]), urn);
      assert.doesNotMatch(state, /not-in-clear|their-own-signing-key|"\/(home|root|work|Users|tmp)\b/);
      assert.ok(state.length < 100_000, `${state.length} bytes`);
    });
  }
});
