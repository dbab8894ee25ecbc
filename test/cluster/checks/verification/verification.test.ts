import assert from "node:assert/strict";
import { verify } from "../../../../cluster/checks/verification/verification.ts";
import type { PostgresCluster } from "../../../../cluster/database.ts";
import type { ChartStep } from "../../../../model/settings.ts";
import { settingsOf } from "../../../support/settings.ts";
import { helmRelease } from "../../helm-releases.ts";
import { asJson, authn, faults, manifest, observed, outdatedAuthn, settings } from "./whole-installation.ts";

describe("verify", () => {
  it("finds nothing at fault in a whole installation, and says what it looked at", () => {
    assert.deepEqual(
      verify(settings, observed()).map(({ check, subject, status, found }) => [
        status,
        check,
        subject,
        found,
      ]),
      [
        ["OK", "snapshot", "Installation krateoctl", "3.0.0"],
        ["OK", "release", "authn", "authn 1.0.0 deployed"],
        ["OK", "workload", "authn", "Deployment authn: 2 of 2 pods ready"],
        ["OK", "secret", "Secret jwt-sign-key", "keys JWT_SIGN_KEY"],
        ["OK", "secret", "Secret krateo-db", "keys DB_PASS, DB_USER"],
        ["OK", "secret", "Secret krateo-db-user", "keys password, username"],
        ["OK", "endpoint", "Service authn", "NodePort, port 8082, node port 30082"],
      ],
    );
  });

  describe("of the snapshot", () => {
    const snapshot = {
      componentsDefinition: { shop: { steps: ["a"] } },
      steps: [{ id: "a", type: "chart", with: { ttl: 60, from: null } }],
      installationVersion: "3.0.0",
    };
    const wanted = settingsOf([authn], { snapshot });
    const stored = (spec: unknown) => ({
      installation: { metadata: { name: "krateoctl", uid: "i" }, spec: { spec: asJson(spec) } },
    });

    it("names who edited it, and no refresh where an earlier version stored it with nulls", () => {
      const entry = {
        manager: "kubectl-edit",
        operation: "Update",
        time: "2026-11-29T07:00:00Z",
        fieldsV1: { "f:spec": { "f:spec": { "f:installationVersion": {} } } },
      };
      const edited = (steps: unknown) => ({
        installation: {
          metadata: { name: "krateoctl", uid: "i", managedFields: [entry] },
          spec: { spec: asJson({ ...snapshot, steps, installationVersion: "x" }) },
        },
      });
      const shown = (steps: unknown) => {
        const [fault] = faults(edited(steps), wanted);
        return [fault?.found, fault?.next];
      };
      const found = "differs at installationVersion, set by kubectl-edit since 2026-11-29T07:00:00Z";
      assert.deepEqual(shown([{ id: "a", type: "chart", with: { ttl: 60 } }]), [
        found.replace(",", ", steps.a.with.from,"),
        "npx pulumi up --refresh, if this configuration is right",
      ]);
      assert.deepEqual(shown(snapshot.steps), [found, "npx pulumi up, if this configuration is right"]);
    });

    it("misses one that is not there", () => {
      assert.deepEqual(faults({ installation: undefined }), [
        {
          check: "snapshot",
          subject: "Installation krateoctl",
          status: "ERROR",
          found: "none in namespace krateo-system",
          expected: "3.0.0",
          next: "npx pulumi up --refresh",
        },
      ]);
    });

    for (const [what, spec, found] of [
      [
        "accepts an equal one, keys in any order",
        { ...snapshot, steps: [{ with: { from: null, ttl: 60 }, id: "a", type: "chart" }] },
        undefined,
      ],
      [
        "names where a value differs",
        { ...snapshot, steps: [{ id: "a", type: "chart", with: { ttl: 61, from: null } }] },
        "differs at steps.a.with.ttl",
      ],
      [
        "names another version",
        { ...snapshot, installationVersion: "2.7.0" },
        "differs at installationVersion",
      ],
      [
        "names a step more",
        { ...snapshot, steps: [{ id: "b", type: "chart" }, ...snapshot.steps] },
        "differs at steps.b",
      ],
      [
        "names the first three of many",
        {
          ...snapshot,
          installationVersion: "local",
          steps: [{ id: "a", type: "var", with: { ttl: 1, from: 2, more: 3 } }],
        },
        "differs at installationVersion, steps.a.type, steps.a.with.from and 2 more",
      ],
      ["notices an object without a body", undefined, "differs at "],
    ] as const) {
      it(what, () => {
        assert.deepEqual(faults(stored(spec), wanted)[0]?.found, found);
      });
    }
  });

  describe("of Helm releases", () => {
    const release = (given: Parameters<typeof helmRelease>[1]) => ({
      releases: new Map([["krateo-system/authn", helmRelease("authn", { manifest, ...given })]]),
    });

    for (const [what, given, found, next] of [
      ["is absent", { releases: new Map() }, "none", "npx pulumi up --refresh"],
      ["failed", release({ status: "failed" }), "authn 1.0.0 failed", "npx pulumi up"],
      [
        "is pending",
        release({ status: "pending-upgrade" }),
        "authn 1.0.0 pending-upgrade",
        "npx krateo repair && npx pulumi up",
      ],
      [
        "has another version",
        release({ chart: "authn 0.9.0" }),
        "authn 0.9.0 deployed",
        "KRATEO_REAPPLY=authn npx pulumi up",
      ],
      [
        "is of another chart",
        release({ chart: "login 1.0.0" }),
        "login 1.0.0 deployed",
        "give the step another releaseName, or, if it is yours, helm uninstall authn -n krateo-system",
      ],
    ] as const) {
      it(`is an error when one ${what}`, () => {
        assert.deepEqual(faults(given)[0], {
          check: "release",
          subject: "authn",
          status: "ERROR",
          found,
          expected: "authn 1.0.0 deployed",
          next,
        });
      });
    }

    it("is an error when one of a component that is switched off is there", () => {
      const off: ChartStep = { ...authn, enabled: false };
      assert.deepEqual(faults({}, settingsOf([off])), [
        {
          check: "release",
          subject: "authn",
          status: "ERROR",
          found: "authn 1.0.0 deployed",
          expected: "none",
          next: "npx pulumi up (component shop is switched off), or helm uninstall authn -n krateo-system",
        },
      ]);
      assert.deepEqual(faults({ releases: new Map() }, settingsOf([off])), []);
    });

    it("looks in the release's own namespace", () => {
      const far = { ...authn, release: { name: "authn", namespace: "elsewhere" } };
      assert.equal(faults({}, settingsOf([far]))[0]?.found, "none");
    });
  });

  describe("of the database", () => {
    const cluster = (status: string): PostgresCluster => ({
      metadata: { name: "pg", namespace: "krateo-system", uid: "c" },
      status: { phase: "Failing over", conditions: [{ type: "Ready", status }] as never },
    });

    it("is an error when a Cluster is not ready", () => {
      const clusters = new Map([["krateo-system/pg", cluster("False")]]);
      assert.deepEqual(faults({ clusters }), [
        {
          check: "database",
          subject: "Cluster krateo-system/pg",
          status: "ERROR",
          found: "Failing over, 0 of 1 instances ready",
          expected: "Ready",
          next: "kubectl describe clusters.postgresql.cnpg.io pg -n krateo-system",
        },
      ]);
    });

    it("is an error when a Database of it is not applied", () => {
      const database = {
        metadata: { name: "pg-db", namespace: "krateo-system", uid: "d" },
        spec: { name: "db", cluster: { name: "pg" } },
      };
      const given = { clusters: new Map([["krateo-system/pg", cluster("True")]]), databases: [database] };
      assert.deepEqual(
        faults(given).map(({ found, expected }) => [found, expected]),
        [["Database pg-db is not applied yet", "Ready, db applied"]],
      );
    });
  });
});

describe("pods that are older than their configuration", () => {
  it("are an error each, with both times and the command that restarts them", () => {
    assert.deepEqual(faults({ outdated: [outdatedAuthn] }), [
      {
        check: "configuration",
        subject: "Deployment authn",
        status: "ERROR",
        found: "a pod started 2026-01-01T10:10:00Z, before ConfigMap authn was changed 2026-01-01T10:20:00Z",
        expected: "pods that have read it",
        next: "npx pulumi up: it restarts them",
      },
    ]);
  });
});
