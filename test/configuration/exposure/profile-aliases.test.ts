import assert from "node:assert/strict";
import { stringify } from "yaml";
import { renderDocument } from "../../../configuration/render.ts";
import type { Settings } from "../../../model/settings.ts";
import { chartStep, type Files, load, problemsOf } from "../project.ts";

const ingress = { type: "ingress", domain: "d.example.org" };
const balancer = { type: "loadbalancer" };

/** Chart values of authn laid over the release. */
const authn = (helmValues: object): string =>
  stringify({ components: { backend: { stepConfig: { "install-authn": { helmValues } } } } });

const certificates = (settings: Settings): unknown =>
  (chartStep(settings, "install-authn").values["ingress"] as { tls?: unknown } | undefined)?.tls;

describe("a profile that is the older name of a key", () => {
  for (const [profile, config, key, value] of [
    ["tls", ingress, "tls", "true"],
    ["lb-hostname", balancer, "loadBalancerAddress", "hostname"],
  ] as const) {
    it(`${profile} makes the same steps as krateo:${key} ${value}, and says so`, async () => {
      const [old, now] = await Promise.all([
        load({}, { ...config, profiles: profile }),
        load({}, { ...config, [key]: value }),
      ]);
      assert.deepEqual(old.steps, now.steps);
      assert.equal(old.exposure.https, now.exposure.https);
      assert.deepEqual(now.warnings, []);
      assert.deepEqual(old.warnings, [
        `profile ${profile} is now krateo:${key}: ${value}; set the key with pulumi config set krateo:${key} ${value}, and take the profile out where it is named`,
      ]);
    });
  }

  it("has overrides above it, as its file had; the key lies above them", async () => {
    const mine = [{ secretName: "mine", hosts: ["authn.d.example.org"] }];
    const files = { "krateo-overrides.yaml": authn({ ingress: { tls: mine } }) };
    assert.deepEqual(certificates(await load(files, { ...ingress, profiles: "tls" })), mine);
    assert.deepEqual(certificates(await load(files, { ...ingress, tls: true })), [
      { secretName: "authn-tls", hosts: ["authn.d.example.org"] },
    ]);
  });

  it("names no certificate for a Service that is exposed on request; the key does", async () => {
    const tls = async (more: object): Promise<unknown> => {
      const settings = await load({}, { ...ingress, expose: "resources-presenter", ...more });
      const { ingress: found } = chartStep(settings, "install-resources-presenter").values;
      return (found as { tls?: unknown }).tls;
    };
    assert.equal(await tls({ profiles: "tls" }), undefined);
    assert.deepEqual(await tls({ tls: true }), [
      { secretName: "resources-presenter-tls", hosts: ["resources-presenter.d.example.org"] },
    ]);
  });

  const own: [where: string, files: Files][] = [
    ["a file of the user's", { "krateo-overrides.tls.yaml": authn({ podLabels: { a: "b" } }) }],
    [
      "an entry of the override file",
      {
        "krateo-overrides.yaml": stringify({
          profiles: {
            tls: { components: { backend: { helmDefaults: { podLabels: { a: "b" } } } } },
          },
        }),
      },
    ],
  ];
  for (const [where, files] of own) {
    it(`has ${where} with that name laid over it, and says that it needs another one`, async () => {
      const settings = await load(files, { ...ingress, profiles: "tls" });
      assert.deepEqual(chartStep(settings, "install-authn").values["podLabels"], { a: "b" });
      assert.deepEqual(certificates(settings), [{ secretName: "authn-tls", hosts: ["authn.d.example.org"] }]);
      assert.match(
        settings.warnings.join("\n"),
        /^profile tls is now .*; what you have under that name yourself needs another one then$/,
      );
    });
  }

  it("is the way with a release document of the user's own, where there is no such key", async () => {
    const files = { "krateo.yaml": renderDocument(await load({}, balancer)) };
    const settings = await load(files, { ...balancer, version: "local", profiles: "lb-hostname" });
    assert.deepEqual(settings.warnings, []);
    const source = settings.steps.find(({ id }) => id === "extract-authn-lb-ip");
    assert.equal(
      source?.type === "var" && source.valueFrom?.selector,
      ".status.loadBalancer.ingress[0].hostname",
    );
  });
});

describe("krateo:tls", () => {
  it("takes true as Pulumi hands it over, and names what else it takes", async () => {
    for (const tls of [true, "true"])
      assert.equal((await load({}, { ...ingress, tls })).exposure.https, true);
    const [problem, ...rest] = await problemsOf(load({}, { ...ingress, tls: "false" }));
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [problem?.path, problem?.allowed],
      ["krateo:tls", "true, or a map with one of secretName, clusterIssuer, external"],
    );
  });
});
