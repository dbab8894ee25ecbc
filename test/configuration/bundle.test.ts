import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { bundledProfile, bundledProfiles, bundledRelease } from "../../configuration/bundle.ts";
import { aliasLayer, bundleTokens } from "../../configuration/exposure/layer.ts";
import { defaultOtelEndpoint } from "../../configuration/stack-config.ts";
import { parseFile } from "../../configuration/yaml/yaml-file.ts";
import { pathText } from "../../model/path.ts";
import { isMap } from "../../model/secret-value.ts";
import type { Json, JsonObject, Path, ReleaseType, Settings } from "../../model/settings.ts";
import { chartStep, load } from "./project.ts";

/** Types that upstream has files for; it has no Routes and no Gateways. */
type UpstreamType = Exclude<ReleaseType, "gateway" | "routes">;
const types: UpstreamType[] = ["nodeport", "loadbalancer", "ingress"];
const tokens = bundleTokens("demo", { domain: "krateoplatformops.io" }, defaultOtelEndpoint);

/** Where the bundled release differs from upstream's on purpose, by type, each with its reason. */
const deviations: Readonly<Record<UpstreamType, Readonly<Record<string, string>>>> = (() => {
  const all = {
    "install-authn.values.env.AUTHN_KUBECONFIG_SERVER_URL":
      "empty has the effect of null, and survives every provider",
    "install-authn.values.env.AUTHN_DEBUG": "D3: prints the signing key together with the next",
    "install-authn.values.env.AUTHN_DUMP_ENV": "D3",
    "install-authn.values.env.URL_SNOWPLOW": "D2: wrong namespace outside krateo-system",
    "install-resources-presenter.values.config.DB_HOST": "D10: no endpoint with one instance",
    "install-events-presenter.values.config.AUTHN_NS": "D1: wrong namespace outside krateo-system",
    "install-finops-notebooks.wait": "its removal stalls when it is waited for",
  };
  const ingress = (step: string, reason: string) => ({
    [`install-${step}.values.service.type`]: "D7: reachable past the ingress",
    [`install-${step}.values.service.nodePort`]: "D7: reachable past the ingress",
    [`install-${step}.values.ingress.className`]: reason,
  });
  const className = "empty has the effect of null, and survives every provider";
  const whichever = "whichever address the cloud gives";
  return {
    nodeport: {
      ...all,
      "install-events-presenter.values.service.type":
        "a Service of our own holds the port that its chart ignores",
      "install-events-presenter.values.service.nodePort":
        "a Service of our own holds the port that its chart ignores",
      "extract-events-presenter-port.valueFrom.metadata.name": "read from that Service",
      ...Object.fromEntries(
        ["AUTHN", "EVENTS", "EVENTS_PUSH", "SNOWPLOW"].map((name) => [
          `install-frontend.values.config.${name}_API_BASE_URL`,
          "D8: an address that browsers reach",
        ]),
      ),
    },
    loadbalancer: {
      ...all,
      "extract-authn-lb-ip.valueFrom.selector": whichever,
      "extract-snowplow-lb-ip.valueFrom.selector": whichever,
      "extract-events-presenter-lb-ip.valueFrom.selector": whichever,
      "install-resources-presenter.values.service":
        "D6: public though only read inside the cluster, on a foreign port",
      "install-finops-database-handler.values.service.type": "D6: public though only read inside the cluster",
    },
    ingress: {
      ...all,
      ...ingress("authn", className),
      ...ingress("snowplow", className),
      ...ingress("events-presenter", className),
      ...ingress("frontend", className),
      "install-snowplow.values.jwtSignKeySecret": "the chart has no such key; its default is the same Secret",
      "install-resources-presenter.values.service": "D7: a host and a node port that nobody uses",
      "install-resources-presenter.values.ingress": "D7: a host and a node port that nobody uses",
      "install-events-presenter.values.ingress.annotations":
        "D7: nginx cuts and buffers the stream of events",
      "install-frontend.values.image": "D17: the other types name the image",
      "install-finops-database-handler.values.service.type": "D7: reachable past the ingress",
      "install-finops-database-handler.values.service.nodePort": "D7: reachable past the ingress",
      "install-finops-database-handler.values.ingress": "D7: the cost database is not for everybody",
    },
  };
})();

const profileDeviations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debug: {
    frontend: "the frontend reads no such variable, and its chart has no env",
    "db-maintenance": "D3: deviser logs the database's URL at debug level, its password included",
    "resources-stack": "D3: as deviser",
    "events-stack": "D3: as deviser",
  },
};

/** Paths at which two values differ, the shortest that say it. */
function differences(a: Json | undefined, b: Json | undefined, at: Path = []): string[] {
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      differences(a[key], b[key], [...at, key]),
    );
  }
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) ? [] : [pathText(at)];
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key]) as Json]),
  );
}

/** Steps of our own, which upstream's release has no counterpart for: Services beside those of charts. */
const isOurs = (id: string): boolean => id.startsWith("publish-");

/** A release document as maps: step inputs by id, plus what has an order as lists. */
function comparable(root: JsonObject) {
  const all = root["steps"] as { id: string; type: string; with: JsonObject }[];
  const steps = all.filter(({ id }) => !isOurs(id));
  const components = root["componentsDefinition"] as Record<string, { steps: string[] }>;
  return {
    order: steps.map(({ id, type }) => `${id} ${type}`),
    components: Object.entries(components).map(
      ([name, component]) => `${name}: ${component.steps.filter((id) => !isOurs(id)).join(" ")}`,
    ),
    inputs: Object.fromEntries(steps.map((step) => [step.id, step.with])),
  };
}

/** An override document as step inputs by component and step, and switches. */
function comparableOverrides(root: JsonObject): JsonObject {
  type Override = {
    enabled?: boolean;
    stepConfig?: Record<string, { helmValues?: JsonObject; with?: JsonObject }>;
  };
  return Object.fromEntries(
    Object.entries(root["components"] as Record<string, Override>).map(([name, { enabled, stepConfig }]) => [
      name,
      {
        ...(enabled === undefined ? {} : { enabled }),
        ...Object.fromEntries(
          Object.entries(stepConfig ?? {}).map(([id, { helmValues, with: input }]) => [
            id,
            { ...input, ...(helmValues === undefined ? {} : { values: helmValues }) },
          ]),
        ),
      },
    ]),
  );
}

function parse(file: string): JsonObject {
  const { source, problems } = parseFile(readFileSync(file, "utf8"), file, { Namespace: "demo" });
  assert.deepEqual(problems, []);
  return source?.root ?? {};
}

/** What a type cannot do without. */
const configOf = (type: ReleaseType) => ({
  ...(type === "ingress" ? { domain: "d.example.org" } : {}),
  ...(type === "routes" ? { openshift: true } : {}),
});

describe("the bundled release", () => {
  for (const [type, count] of [
    ["nodeport", 26],
    ["loadbalancer", 28],
    ["ingress", 22],
    ["routes", 29],
  ] as const) {
    it(`has 21 charts in ${count} steps for type ${type}, each chart pinned, and waited for (D5)`, async () => {
      const settings = await load({}, { type, ...configOf(type) });
      const charts = settings.steps.filter((step) => step.type === "chart");
      assert.deepEqual([charts.length, settings.steps.length], [21, count]);
      assert.ok(charts.every(({ chart }) => /^\d+\.\d+\.\d+$/.test(chart.version)));
      assert.deepEqual(
        charts.filter(({ wait }) => !wait).map(({ id }) => id),
        ["install-finops-notebooks"],
      );
      assert.ok(charts.every(({ timeoutSeconds }) => timeoutSeconds === 900));
    });
  }

  it("puts the namespace wherever one is named", async () => {
    const settings = await load({}, { namespace: "elsewhere" });
    assert.ok(!JSON.stringify(settings).includes("krateo-system"));
    const { values } = chartStep(settings, "install-events-presenter");
    assert.equal((values["config"] as JsonObject)["AUTHN_NS"], "elsewhere");
  });

  it("gives four hosts of the domain to type ingress, and no Service a node port", async () => {
    const settings = await load({}, { type: "ingress", domain: "d.example.org" });
    const hosts = settings.steps.flatMap((step) => {
      const ingress =
        step.type === "chart"
          ? (step.values["ingress"] as { hosts: { host: string }[] } | undefined)
          : undefined;
      return ingress?.hosts.map(({ host }) => host) ?? [];
    });
    assert.deepEqual(hosts, [
      "authn.d.example.org",
      "snowplow.d.example.org",
      "events-presenter.d.example.org",
      "app.d.example.org",
    ]);
    assert.ok(!/nodePort|NodePort|LoadBalancer/.test(JSON.stringify(settings.steps)));
  });

  it("keeps the true nulls that take a chart's default away on OpenShift", async () => {
    const settings = await load({}, { openshift: true });
    const { containerSecurityContext } = chartStep(settings, "install-cnpg").values as Record<
      string,
      JsonObject
    >;
    assert.deepEqual(
      [containerSecurityContext?.["runAsUser"], containerSecurityContext?.["runAsGroup"]],
      [null, null],
    );
  });
});

describe("the bundled release beside upstream's (KRATEO_RELEASE_FILES names a folder with its files)", () => {
  const folder = process.env["KRATEO_RELEASE_FILES"] ?? "";

  before(function () {
    if (folder === "") this.skip();
    assert.ok(existsSync(folder), `KRATEO_RELEASE_FILES: there is no folder ${folder}`);
  });

  for (const type of types) {
    it(`differs for type ${type} only where it is meant to`, () => {
      const ours = comparable(bundledRelease(type, tokens).root);
      const theirs = comparable(parse(path.join(folder, `krateo.${type}.yaml`)));
      assert.deepEqual(ours.order, theirs.order);
      assert.deepEqual(ours.components, theirs.components);
      assert.deepEqual(differences(ours.inputs, theirs.inputs).sort(), Object.keys(deviations[type]).sort());
    });

    it(`is read from upstream's own file for type ${type}`, async () => {
      const text = readFileSync(path.join(folder, `krateo.${type}.yaml`), "utf8");
      const settings = await load({ [`krateo.${type}.yaml`]: text }, { version: "local", type });
      const bundled = await load({}, { type, ...(type === "ingress" ? { domain: "d.example.org" } : {}) });
      const shown = ({ steps }: Settings) =>
        steps
          .filter(({ id }) => !isOurs(id))
          .map((step) =>
            step.type === "chart" ? [step.id, step.release, step.chart, step.wait] : [step.id, step.type],
          );
      assert.deepEqual(shown(settings), shown(bundled));
    });
  }

  /** Profiles of ours alone, and openshift, whose upstream namesake reaches two charts only (D11). */
  const own = ["tls", "small", "openshift"];
  for (const profile of bundledProfiles.filter((name) => !own.includes(name))) {
    it(`differs in profile ${profile} only where it is meant to`, () => {
      const { root } = aliasLayer(profile, {}) ?? bundledProfile(profile, tokens);
      const ours = comparableOverrides(root as JsonObject);
      const theirs = comparableOverrides(parse(path.join(folder, `krateo-overrides.${profile}.yaml`)));
      assert.deepEqual(
        differences(ours, theirs).sort(),
        Object.keys(profileDeviations[profile] ?? {}).sort(),
      );
    });
  }
});
