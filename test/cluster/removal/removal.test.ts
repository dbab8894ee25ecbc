import assert from "node:assert/strict";
import { waitForClaimUsers } from "../../../cluster/client/claims.ts";
import type { Connection } from "../../../cluster/client/connection.ts";
import { deleteAndWait } from "../../../cluster/removal/delete-objects.ts";
import {
  markLeftovers,
  removeInterrupted,
  removeLeftovers,
  removeUserObjects,
} from "../../../cluster/removal/removal.ts";
import type { Leftover } from "../../../plan/removal/leftovers.ts";
import type { LiveObject } from "../../../plan/removal/objects.ts";
import { object, release } from "../../support/removal.ts";
import { errorOf, type Handler, withApiServer } from "../api-server.ts";

const plurals: Readonly<Record<string, string>> = {
  "/api/v1": "configmaps ConfigMap, secrets Secret, serviceaccounts ServiceAccount",
  "/apis/finops.krateo.io/v1": "notebooks Notebook",
  "/apis/apiextensions.k8s.io/v1": "customresourcedefinitions CustomResourceDefinition *",
};

/** A cluster that forgets what is deleted, unless a finalizer holds it. */
class SmallCluster {
  readonly objects = new Map<string, { metadata: Record<string, unknown> }>();
  readonly done: string[] = [];
  /** Answers 503 to so many requests to come. */
  away = 0;

  put(...objects: readonly LiveObject[]): void {
    for (const { apiVersion, kind, namespace, name, uid, finalizers } of objects) {
      const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const scope = namespace ? `/namespaces/${namespace}` : "";
      const metadata = { name, uid, ...(finalizers.length > 0 && { finalizers }) };
      this.objects.set(`${root}${scope}/${kind.toLowerCase()}s/${name}`, { metadata });
    }
  }

  readonly handler: Handler = (method, path) => {
    if (this.away > 0) {
      this.away--;
      return { status: 503, body: { message: "not ready" } };
    }
    const served = plurals[path]?.split(", ").map((text) => {
      const [name, kind, scope] = text.split(" ");
      return { name, kind, namespaced: scope === undefined };
    });
    if (served) return { status: 200, body: { resources: served } };
    const found = this.objects.get(path);
    if (path.endsWith("/secrets") || path.endsWith("/pods")) {
      const items = [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, item]) => item);
      return { status: 200, body: { items } };
    }
    if (!found) return { status: 404, body: { message: "not found" } };
    if (method !== "GET") this.done.push(`${method} ${path.split("/").at(-1)}`);
    if (method === "DELETE" && !found.metadata["finalizers"]) this.objects.delete(path);
    // What else a patch says is not looked at here.
    if (method === "PATCH") found.metadata = { ...found.metadata, finalizers: undefined };
    return { status: 200, body: found };
  };

  async with<T>(test: (connection: Connection) => Promise<T>): Promise<void> {
    await withApiServer(this.handler, async (connection) => void (await test(connection)));
  }
}

const crd = object("CustomResourceDefinition notebooks.finops.krateo.io");
const leftover = (one: LiveObject, given: Partial<Leftover> = {}): Leftover => ({
  object: one,
  release: { name: "cratedb", namespace: "shop", chart: "cratedb" },
  why: "",
  frees: [],
  marked: true,
  ...given,
});

describe("removing", () => {
  let cluster: SmallCluster;
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  beforeEach(() => {
    cluster = new SmallCluster();
    lines.length = 0;
  });

  it("takes custom objects first, then Helm's order, and waits until all are gone", async () => {
    const objects = [
      object("ServiceAccount shop/account"),
      crd,
      object("Secret shop/secret"),
      object("Notebook shop/mine"),
    ];
    cluster.put(...objects);
    await cluster.with((connection) => deleteAndWait(connection, objects, 5, log));
    assert.deepEqual(lines, [
      "Notebook shop/mine deleted",
      "CustomResourceDefinition notebooks.finops.krateo.io deleted",
      "Secret shop/secret deleted",
      "ServiceAccount shop/account deleted",
    ]);
  });

  it("leaves a namesake alone that has come since the list", async () => {
    cluster.put(object("Secret shop/secret", { uid: "another" }));
    await cluster.with((connection) => deleteAndWait(connection, [object("Secret shop/secret")], 5, log));
    assert.deepEqual([cluster.done, lines], [[], []]);
  });

  it("does not mind what is gone already", async () => {
    await cluster.with((connection) =>
      deleteAndWait(connection, [object("Secret shop/secret"), crd], 5, log),
    );
    assert.deepEqual(lines, []);
  });

  it("takes users' objects wave by wave, and names what does not go", async () => {
    const held = object("Notebook shop/held", { finalizers: ["hold"] });
    const later = object("Notebook shop/later");
    cluster.put(held, later);
    await cluster.with(async (connection) => {
      const error = await errorOf(removeUserObjects(connection, [[held], [later]], 0.1, log));
      assert.match(error.message, /these are still there: Notebook shop\/held \(held by finalizer hold\)$/);
    });
    assert.deepEqual(cluster.done, ["DELETE held"]);
    assert.deepEqual(lines, ["deleting 1 user object"]);
  });

  it("marks only leftovers that say nothing about themselves", async () => {
    const bare = object("Secret shop/bare");
    const labelled = object("Secret shop/labelled");
    cluster.put(bare, labelled);
    await cluster.with((connection) =>
      markLeftovers(connection, [leftover(bare, { marked: false }), leftover(labelled)]),
    );
    assert.deepEqual(cluster.done, ["PATCH bare"]);
  });

  it("frees a leftover of the finalizer that nobody clears any more, then takes definitions last", async () => {
    const secret = object("Secret shop/secret", { finalizers: ["chart's own"] });
    cluster.put(secret, crd);
    await cluster.with((connection) =>
      removeLeftovers(connection, [leftover(secret, { frees: ["chart's own"] })], [crd], 5, log),
    );
    assert.deepEqual(cluster.done, ["PATCH secret", "DELETE secret", "DELETE notebooks.finops.krateo.io"]);
  });

  it("takes a release that a killed run began: its objects, then Helm's records", async () => {
    const finalizers = ["finops.krateo.io/notebooks"];
    const secret = object("Secret shop/finops-notebooks", { finalizers });
    const record = object("Secret shop/sh.helm.release.v1.finops-notebooks.v1");
    cluster.put(secret, record);
    const begun = release("finops-notebooks", [secret]);
    await cluster.with((connection) => removeInterrupted(connection, [begun], () => [secret], 5, log));
    assert.deepEqual(cluster.done, [
      "PATCH finops-notebooks",
      "DELETE finops-notebooks",
      "DELETE sh.helm.release.v1.finops-notebooks.v1",
    ]);
  });

  it("goes on waiting when the API server is away for a while", async () => {
    const held = object("Notebook shop/held", { finalizers: ["hold"] });
    cluster.put(held);
    await cluster.with(async (connection) => {
      const removing = deleteAndWait(connection, [held], 5);
      setTimeout(() => {
        cluster.away = 2;
        cluster.objects.clear();
      }, 100);
      await removing;
    });
    assert.equal(cluster.away, 0);
  });

  it("waits for the pods that use a claim, whatever their labels, and not for others", async () => {
    const pod = (name: string, claimName: string) =>
      cluster.objects.set(`/api/v1/namespaces/shop/pods/${name}`, {
        metadata: { name },
        spec: { volumes: [{ persistentVolumeClaim: { claimName } }, { emptyDir: {} }] },
      } as { metadata: Record<string, unknown> });
    const claims = ["data-cratedb-0", "pg-cluster-1"];
    pod("theirs", "theirs");
    await cluster.with((connection) => waitForClaimUsers(connection, "shop", claims, 0.1));
    pod("cratedb-0", "data-cratedb-0");
    await cluster.with(async (connection) => {
      const error = await errorOf(waitForClaimUsers(connection, "shop", claims, 0.1));
      assert.equal(
        error.message,
        "PersistentVolumeClaim data-cratedb-0 is not removed: pod cratedb-0 uses it",
      );
    });
  });
});
