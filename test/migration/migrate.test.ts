import assert from "node:assert/strict";
import { changesOf, detectType } from "../../migration/changes.ts";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import { overridesOf, overridesText } from "../../migration/overrides-file.ts";
import { valueAt } from "../../model/path.ts";
import type { Json } from "../../model/settings.ts";
import { chartStep } from "../configuration/project.ts";
import {
  type GivenObject,
  lineOf,
  merge,
  read,
  set,
  settingsOf,
  stepOf,
  unchanged,
  without,
} from "./objects.ts";

const types: readonly LegacyType[] = ["nodeport", "loadbalancer", "ingress"];
const lines = (object: GivenObject, type?: LegacyType) => merge(object, type).outcomes.map(lineOf);
const helm = (component: string, step: string) => `components.${component}.stepConfig.${step}.helmValues`;
const authn = helm("backend", "install-authn");
const frontend = helm("frontend", "install-frontend");

describe("the migration of an unchanged object", () => {
  for (const type of types) {
    it(`finds type ${type}, no change and nothing to write, in any namespace`, async () => {
      const migration = merge(unchanged(type, "shop"));
      assert.deepEqual([migration.type, migration.otherTypes, migration.outcomes], [type, [], []]);
      assert.equal(overridesText(migration), undefined);
      assert.equal((await settingsOf(migration)).type, type);
    });
  }

  it("names the stack configuration that 3.0.0 needs", () => {
    const keys = (object: GivenObject) => merge(object).stackKeys.map(({ key, value }) => `${key} ${value}`);
    assert.deepEqual(keys(unchanged("nodeport")), ["krateo:type nodeport"]);
    assert.deepEqual(keys(unchanged("ingress", "shop")), [
      "krateo:type ingress",
      "krateo:namespace shop",
      "krateo:domain krateoplatformops.io",
    ]);
  });

  it("takes numbers and booleans as text for what they say", () => {
    const object = set(unchanged("ingress"), "install-authn", {
      "service.nodePort": "30082",
      "ingress.enabled": "true",
    });
    assert.deepEqual(lines(object), []);
  });

  it("never looks at the signing key", () => {
    const object = unchanged();
    set(object, "create-jwt-sign-key", { "stringData.JWT_SIGN_KEY": "GOLDEN" });
    assert.deepEqual(lines(object), []);
  });
});

describe("the type of an object", () => {
  it("is the one whose defaults it is nearest to", () => {
    const object = without(unchanged("ingress"), "install-opa");
    set(object, "install-authn", { "ingress.enabled": "false" });
    assert.deepEqual(detectType(read(object)), { type: "ingress", others: [] });
  });

  it("is a guess where nothing tells it, and says so", () => {
    const object = unchanged();
    object.spec.steps = [stepOf(object, "install-opa")];
    const { type, otherTypes } = merge(object);
    assert.deepEqual([type, otherTypes], ["nodeport", ["ingress"]]);
  });

  it("can be forced", () => {
    const { type, otherTypes, outcomes } = merge(unchanged("nodeport"), "loadbalancer");
    assert.deepEqual([type, otherTypes, outcomes.length > 0], ["loadbalancer", [], true]);
  });
});

describe("a changed value", () => {
  const rules: [rule: string, step: string, entries: Record<string, Json>, lines: string[]][] = [
    [
      "an image from another registry goes along",
      "install-authn",
      { "image.repository": "r.example.org/authn" },
      [`install-authn values.image.repository: ${authn}.image.repository = "r.example.org/authn"`],
    ],
    [
      "environment stays text",
      "install-authn",
      { "env.AUTHN_DEBUG": "true" },
      [`install-authn values.env.AUTHN_DEBUG: ${authn}.env.AUTHN_DEBUG = "true"`],
    ],
    [
      "resources are free",
      "install-authn",
      { "resources.limits.memory": "1Gi" },
      [`install-authn values.resources.limits.memory: ${authn}.resources.limits.memory = "1Gi"`],
    ],
    [
      "an escaped dot stays in its key",
      "install-authn",
      { "service.annotations.example\\.org/a": "7" },
      [
        `install-authn values.service.annotations.example.org/a: ${authn}.service.annotations.example.org/a = "7"`,
      ],
    ],
    [
      "a list goes along as a whole",
      "install-authn",
      { "imagePullSecrets[0].name": "one", "imagePullSecrets[1].name": "two" },
      [`install-authn values.imagePullSecrets: ${authn}.imagePullSecrets = [{"name":"one"},{"name":"two"}]`],
    ],
    [
      "a list with an item that has no value is left",
      "install-authn",
      { "imagePullSecrets[1].name": "two" },
      [
        "install-authn values.imagePullSecrets: left, a list in it has an item without a value, which 3.0.0 does not take",
      ],
    ],
    [
      "what Helm's --set takes off a value is gone",
      "install-frontend",
      { "config.TITLE": "Krateo\\, ours" },
      [
        'install-frontend values.config.TITLE: components.frontend.stepConfig.install-frontend.helmValues.config.TITLE = "Krateo, ours"',
      ],
    ],
    [
      "an entry that sets two values makes two changes",
      "install-authn",
      { replicaCount: "2,image.repository=r.example.org/authn" },
      [
        `install-authn values.image.repository: ${authn}.image.repository = "r.example.org/authn"`,
        `install-authn values.replicaCount: ${authn}.replicaCount = 2`,
      ],
    ],
    [
      "a list is a list",
      "install-opa",
      { "opa.extraArgs": "{--a,--b}" },
      [
        'install-opa values.opa.extraArgs: components.finops.stepConfig.install-opa.helmValues.opa.extraArgs = ["--a","--b"]',
      ],
    ],
    [
      "an entry that 2.7.0's installer refuses changes nothing",
      "install-authn",
      { "env.LIST": "one,two" },
      [],
    ],
    [
      "what the chart cannot render stays behind",
      "install-core-provider",
      { "podAnnotations.example\\.org/team": "web" },
      [
        "install-core-provider values.podAnnotations.example.org/team: left, chart core-provider cannot render podAnnotations: its template fails (nil pointer evaluating interface {}.fullnameOverride)",
      ],
    ],
    [
      "what the chart takes in a form of its own stays behind",
      "install-opa",
      { "imagePullSecrets[0].name": "regcred" },
      [
        "install-opa values.imagePullSecrets: left, chart opa-kube-mgmt takes plain names in imagePullSecrets, where the other charts take maps with a name",
      ],
    ],
    [
      "a null takes a chart's default away in 3.0.0, too",
      "install-authn",
      { "env.AUTHN_CORS": "null" },
      [`install-authn values.env.AUTHN_CORS: ${authn}.env.AUTHN_CORS = null`],
    ],
    [
      "a value that 3.0.0 has already needs no override",
      "install-authn",
      { "env.AUTHN_DEBUG": "false" },
      ["install-authn values.env.AUTHN_DEBUG: same"],
    ],
    [
      "a secret goes into the encrypted configuration",
      "install-authn",
      { "env.OIDC_SECRET": "GOLDEN" },
      [`install-authn values.env.OIDC_SECRET: secret ${authn}.env.OIDC_SECRET = "GOLDEN"`],
    ],
    [
      "a secret inside a list does not go along",
      "install-opa",
      { "mgmt.env[0].name": "API_TOKEN", "mgmt.env[0].value": "GOLDEN" },
      [
        "install-opa values.mgmt.env: left, something in it is a secret, which must not stand in a document in clear",
      ],
    ],
    [
      "a login inside an address is a secret",
      "install-authn",
      { "env.PROXY": "http://me:GOLDEN@proxy:3128" },
      [`install-authn values.env.PROXY: secret ${authn}.env.PROXY = "http://me:GOLDEN@proxy:3128"`],
    ],
    [
      "a version of an image is 3.0.0's",
      "install-core-provider",
      { "cdc.image.tag": "1.0" },
      [
        "install-core-provider values.cdc.image.tag: left, 3.0.0 owns the versions, and this chart comes with the image that it was made for",
      ],
    ],
    [
      "wiring is 3.0.0's",
      "install-authn",
      { "env.URL_SNOWPLOW": "http://x" },
      [
        "install-authn values.env.URL_SNOWPLOW: left, 3.0.0 sets it to snowplow's Service in the installation's namespace",
      ],
    ],
    [
      "the signing key is nobody's to set",
      "install-snowplow",
      { "env.JWT_SIGN_KEY": "GOLDEN" },
      [
        "install-snowplow values.env.JWT_SIGN_KEY: left, everybody who signs or checks a token must read the same key, that of Secret jwt-sign-key",
      ],
    ],
    [
      "a key that the chart does not read is left",
      "install-snowplow",
      { "service.annotations.a": "x" },
      [
        "install-snowplow values.service.annotations.a: left, chart snowplow of 3.0.0 is not known to read annotations in service",
      ],
    ],
    [
      "a value of another kind is left",
      "install-authn",
      { "service.nodePort": "high" },
      ["install-authn values.service.nodePort: left, chart authn takes a whole number there"],
    ],
    [
      "a token's braces are left",
      "install-authn",
      { "env.A": "x {{ b }}" },
      ["install-authn values.env.A: left, double braces stand for tokens in the documents of 3.0.0"],
    ],
    [
      "a number that cannot be kept exactly is left",
      "install-opa",
      { "resources.x": 1e21 },
      ["install-opa values.resources.x: left, this number cannot be kept exactly"],
    ],
    [
      "a key that every map inherits is a key like others",
      "install-authn",
      { "env.constructor": "x", "constructor.y": "z" },
      [
        `install-authn values.env.constructor: ${authn}.env.constructor = "x"`,
        "install-authn values.constructor.y: left, chart authn of 3.0.0 is not known to read constructor",
      ],
    ],
    [
      "a variable that is set later than the step runs is left",
      "install-authn",
      { "env.A": "$SNOWPLOW_PORT" },
      [
        "install-authn values.env.A: left, it uses variable SNOWPLOW_PORT, which 3.0.0 does not set before install-authn",
      ],
    ],
    [
      "a value of a chart that is gone is left",
      "install-sweeper",
      { "image.repository": "r/s" },
      ["install-sweeper values.image.repository: left, chart sweeper is not part of 3.0.0"],
    ],
    [
      "a variable is renamed",
      "install-frontend",
      { "config.OWN": "$EVENTSSE_PORT" },
      [`install-frontend values.config.OWN: ${frontend}.config.OWN = "\${EVENTS_PRESENTER_PORT}"`],
    ],
    [
      "a variable that 3.0.0 does not have is left",
      "install-frontend",
      { "config.OWN": "${EVENTSSE_INTERNAL_PORT}" },
      [
        "install-frontend values.config.OWN: left, it uses variable EVENTSSE_INTERNAL_PORT, which 3.0.0 does not set before install-frontend",
      ],
    ],
    [
      "a dollar sign that is no variable stays",
      "install-frontend",
      { "config.OWN": "$5 $x $$" },
      [`install-frontend values.config.OWN: ${frontend}.config.OWN = "$5 $x $$"`],
    ],
    [
      "a node port of eventsse goes to its successor",
      "install-eventsse",
      { "service.nodePort": "31083" },
      ["install-eventsse values.service.nodePort: krateo:nodePorts.events-presenter 31083"],
    ],
    [
      "an image of eventsse does not",
      "install-eventsse",
      { "image.repository": "r/e" },
      [
        "install-eventsse values.image.repository: left, chart eventsse is not part of 3.0.0; install-events-presenter is another program",
      ],
    ],
    [
      "OpenShift is a key of the stack",
      "install-finops-cratedb",
      { "openshift.enabled": "true" },
      ["install-finops-cratedb values.openshift.enabled: krateo:openshift true"],
    ],
    [
      "a Service without a node port leaves the type's variable without a value",
      "install-authn",
      { "service.type": "ClusterIP" },
      [
        "install-authn values.service.type: left, type nodeport reads the node port of this Service, and a ClusterIP has none",
      ],
    ],
    [
      "where no variable reads it, the node port goes",
      "install-frontend",
      { "service.type": "ClusterIP" },
      [
        `install-frontend values.service.type: ${frontend}.service.type = "ClusterIP", ${frontend}.service.nodePort = null`,
      ],
    ],
  ];
  for (const [rule, step, entries, expected] of rules) {
    it(`: ${rule}`, async () => {
      const object = set(unchanged(), step, entries);
      assert.deepEqual(lines(object), expected);
      await settingsOf(merge(object));
    });
  }

  it("that is missing is left to 3.0.0, which has one", () => {
    const object = unchanged();
    const step = stepOf(object, "install-authn");
    step.with.set = step.with.set?.filter(({ name }) => !name.startsWith("image.")) ?? [];
    assert.deepEqual(lines(object), [
      "install-authn values.image: left, 3.0.0 sets it, and your object has no value to put in its place",
    ]);
  });

  it("comes out in the settings where the step reads it", async () => {
    const object = set(unchanged(), "install-authn", {
      "service.nodePort": "31082",
      "nodeSelector.disk": "ssd",
    });
    const { values } = chartStep(await settingsOf(merge(object)), "install-authn");
    assert.equal(valueAt(values, ["service", "nodePort"]), 31082);
    assert.equal(valueAt(values, ["nodeSelector", "disk"]), "ssd");
  });
});

describe("what a chart step says beside its values", () => {
  const rules: [field: string, value: Json, line: string][] = [
    ["version", "0.22.1", "left, 3.0.0 owns the versions: it installs authn 0.22.2"],
    [
      "repository",
      "https://c.example.org",
      'components.backend.stepConfig.install-authn.with.url = "https://c.example.org"',
    ],
    [
      "repository",
      "https://me:GOLDEN@c.example.org",
      "left, the address holds a password, which must not stand in a document in clear",
    ],
    ["repository", "./charts", "left, 3.0.0 fetches charts from https:// and oci:// addresses only"],
    ["waitTimeout", "30m", 'components.backend.stepConfig.install-authn.with.timeout = "30m"'],
    ["waitTimeout", "2m", "left, 3.0.0 waits longer: an upgrade may have images to pull"],
    ["waitTimeout", "300", 'left, it is not a duration with units such as "90s", "15m" or "1h30m"'],
    ["wait", false, "left, 3.0.0 waits until a chart is ready before it starts what needs it"],
    ["maxHistory", 3, "components.backend.stepConfig.install-authn.with.maxHistory = 3"],
    ["maxHistory", 0, "left, it is not a whole number from 1"],
    ["releaseName", "sso", "left, 3.0.0 installs release authn, after which its Services are named"],
    [
      "namespace",
      "other",
      "left, 3.0.0 installs authn in the installation's namespace, where the others look for it",
    ],
    ["insecureSkipTLSVerify", true, "left, charts are fetched over verified TLS only"],
    ["atomic", true, "left, 3.0.0 knows no atomic of a chart step"],
  ];
  for (const [field, value, line] of rules) {
    it(`${field} ${value}: ${line}`, async () => {
      const object = unchanged();
      stepOf(object, "install-authn").with[field] = value;
      assert.deepEqual(lines(object), [`install-authn ${field}: ${line}`]);
      await settingsOf(merge(object));
    });
  }
});

describe("the way in from outside", () => {
  const url = (address: string) => ({
    "config.AUTHN_API_BASE_URL": `http://${address}:$AUTHN_PORT`,
    "config.SNOWPLOW_API_BASE_URL": `http://${address}:30081`,
    "config.EVENTS_PUSH_API_BASE_URL": `http://${address}:$EVENTSSE_PORT`,
    "config.EVENTS_API_BASE_URL": `http://${address}:\${EVENTSSE_PORT}`,
  });

  for (const address of ["192.0.2.7", "node.example.org", "[2001:db8::7]"]) {
    it(`takes ${address} from the frontend's URLs as the nodes' address`, async () => {
      const migration = merge(set(unchanged(), "install-frontend", url(address)));
      assert.deepEqual(migration.overrides, []);
      assert.deepEqual(migration.stackKeys.at(-1), {
        key: "krateo:nodeAddress",
        isPath: false,
        value: address,
      });
      await settingsOf(migration);
    });
  }

  it("carries URLs one by one where they do not agree", async () => {
    const urls = { ...url("192.0.2.7"), "config.AUTHN_API_BASE_URL": "https://sign-in.example.org" };
    const migration = merge(set(unchanged(), "install-frontend", urls));
    assert.deepEqual(
      migration.overrides.map(({ value }) => value),
      [
        "https://sign-in.example.org",
        "http://192.0.2.7:30081",
        "http://192.0.2.7:${EVENTS_PRESENTER_PORT}",
        "http://192.0.2.7:${EVENTS_PRESENTER_PORT}",
      ],
    );
    await settingsOf(migration);
  });

  const below = (domain: string): GivenObject => {
    const text = JSON.stringify(unchanged("ingress"));
    return JSON.parse(text.replaceAll("krateoplatformops.io", domain)) as GivenObject;
  };

  it("takes the domain from hosts and URLs, and says that the host of events has a new name", async () => {
    const migration = merge(below("example.org"));
    assert.deepEqual(migration.overrides, []);
    assert.deepEqual(migration.stackKeys.at(-1), {
      key: "krateo:domain",
      isPath: false,
      value: "example.org",
    });
    assert.deepEqual(migration.notes, [
      "events come from events-presenter.example.org in 3.0.0: make its name resolve as eventsse.example.org did.",
    ]);
    assert.equal((await settingsOf(migration)).domain, "example.org");
  });

  it("keeps the host of events where a certificate is made for it", async () => {
    const object = set(below("example.org"), "install-eventsse", {
      "ingress.tls[0].secretName": "events",
      "ingress.tls[0].hosts[0]": "eventsse.example.org",
    });
    const { values } = chartStep(await settingsOf(merge(object)), "install-events-presenter");
    assert.equal(valueAt(values, ["ingress", "hosts", 0, "host"]), "eventsse.example.org");
    const settings = await settingsOf(merge(object));
    const config = chartStep(settings, "install-frontend").values["config"];
    assert.equal(valueAt(config, ["EVENTS_API_BASE_URL"]), "http://eventsse.example.org");
  });

  it("keeps it, too, where only its URL is the user's own", async () => {
    const object = set(unchanged("ingress"), "install-frontend", {
      "config.EVENTS_API_BASE_URL": "https://eventsse.krateoplatformops.io",
    });
    const { values } = chartStep(await settingsOf(merge(object)), "install-events-presenter");
    assert.equal(valueAt(values, ["ingress", "hosts", 0, "host"]), "eventsse.krateoplatformops.io");
  });

  it("carries hosts that are not below the domain", async () => {
    const object = set(below("example.org"), "install-authn", { "ingress.hosts[0].host": "sso.example.com" });
    const { overrides } = merge(object);
    assert.deepEqual(
      overrides.map(({ path }) => path.join(".")),
      [`${authn}.ingress.hosts`],
    );
    await settingsOf(merge(object));
  });

  it("leaves the cost database's host, and a node port that its Service no longer has", () => {
    const object = set(unchanged("ingress"), "install-finops-database-handler", {
      "ingress.className": "nginx",
    });
    set(object, "install-authn", { "service.nodePort": "31082" });
    assert.deepEqual(lines(object), [
      "install-authn values.service.nodePort: left, its Service has no node port in 3.0.0: it is reached in another way",
      "install-finops-database-handler values.ingress.className: left, 3.0.0 gives the cost database no host: only what runs in the cluster calls it",
    ]);
  });

  const hostname = ".status.loadBalancer.ingress[0].hostname";
  const select = (object: GivenObject, ...services: string[]): GivenObject => {
    for (const service of services) {
      const input = stepOf(object, `extract-${service}-lb-ip`).with as { valueFrom: { selector: string } };
      input.valueFrom.selector = hostname;
    }
    return object;
  };

  it("takes load balancers with host names as the key for them", async () => {
    const migration = merge(select(unchanged("loadbalancer"), "authn", "snowplow", "eventsse"));
    assert.deepEqual(migration.overrides, []);
    const { exposure, warnings } = await settingsOf(migration);
    assert.deepEqual([exposure.loadBalancerAddress, warnings], ["hostname", []]);
  });

  it("carries a selector of its own for one of them", async () => {
    const migration = merge(select(unchanged("loadbalancer"), "eventsse"));
    assert.deepEqual(overridesOf(migration), {
      components: {
        "events-stack": {
          stepConfig: { "extract-events-presenter-lb-ip": { with: { valueFrom: { selector: hostname } } } },
        },
      },
    });
    await settingsOf(migration);
  });

  it("carries a fixed value in place of what is read", async () => {
    const object = unchanged("loadbalancer");
    stepOf(object, "extract-authn-lb-ip").with = { name: "AUTHN_IP", value: "192.0.2.7" };
    const settings = await settingsOf(merge(object));
    const step = settings.steps.find(({ id }) => id === "extract-authn-lb-ip");
    assert.equal(step?.type === "var" && step.valueFrom === undefined && step.value, "192.0.2.7");
  });
});

describe("steps that are there or missing as a whole", () => {
  const finops = unchanged()
    .spec.steps.map(({ id }) => id)
    .filter((id) => /finops|install-opa/.test(id));

  it("a component of which nothing is there is switched off", async () => {
    const migration = merge(without(unchanged(), ...finops));
    assert.deepEqual(overridesOf(migration), { components: { finops: { enabled: false } } });
    assert.ok(
      (await settingsOf(migration)).components.some(({ name, enabled }) => name === "finops" && !enabled),
    );
  });

  it("a component of which something is there stays as a whole", () => {
    assert.deepEqual(lines(without(unchanged(), "install-opa")), [
      "install-opa (step): left, only a whole component can be left out, and your object has others of finops, or others need it",
    ]);
  });

  it("a component that another one needs stays", async () => {
    const migration = merge(without(unchanged(), "install-frontend"));
    assert.deepEqual(migration.overrides, []);
    await settingsOf(migration);
  });

  it("components that only need each other go together", async () => {
    const migration = merge(without(unchanged(), "install-frontend", "install-composable-portal-starter"));
    assert.deepEqual(
      migration.overrides.map(({ path }) => path.join(".")),
      ["components.frontend.enabled", "components.portal-defaults.enabled"],
    );
    await settingsOf(migration);
  });

  it("a step that 3.0.0 has not either is no loss", () => {
    assert.deepEqual(lines(without(unchanged(), "install-sweeper")), ["install-sweeper (step): same"]);
  });

  it("a step of 2.7.0 is known by its chart under another id, too", () => {
    const object = unchanged();
    stepOf(object, "install-authn").id = "sso";
    set(object, "sso", { "image.pullPolicy": "Always" });
    assert.deepEqual(lines(object), [`sso values.image.pullPolicy: ${authn}.image.pullPolicy = "Always"`]);
  });

  const own: [what: string, type: string, input: Record<string, Json>, why: string][] = [
    [
      "a chart",
      "chart",
      { name: "shop", version: "1.0.0" },
      "Helm release shop stays as it is, and nobody looks after it any more",
    ],
    [
      "a chart that 3.0.0 brings",
      "chart",
      { name: "cloudnative-pg", releaseName: "cnpg" },
      "3.0.0 brings release cnpg itself and takes yours over",
    ],
    [
      "a chart with the name of one of 3.0.0's",
      "chart",
      { name: "shop", releaseName: "deviser" },
      "3.0.0 installs chart deviser as release deviser, and yours has that name",
    ],
    [
      "an object",
      "object",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } },
      "the object stays in the cluster as it is, and nobody looks after it any more",
    ],
    [
      "a variable",
      "var",
      { name: "OWN", value: "1" },
      "only steps of a document of your own can use a variable of your own",
    ],
  ];
  for (const [what, type, input, why] of own) {
    it(`${what} of the user's own is named with its reason`, () => {
      const object = unchanged();
      object.spec.steps.push({ id: "own", type, with: input });
      assert.deepEqual(lines(object), [`own (step): left, ${why}`]);
    });
  }

  it("another Secret for the signing key needs a hand", () => {
    const object = unchanged();
    stepOf(object, "create-jwt-sign-key").with["metadata"] = { name: "own-key" };
    const [outcome] = merge(object).outcomes;
    assert.equal(
      outcome?.outcome.kind === "left" && outcome.outcome.next,
      "copy the key of Secret own-key into Secret jwt-sign-key, or everybody has to sign in again",
    );
  });
});

describe("every change", () => {
  /** Each value of each step changed, removed, and a new one beside it. */
  function mutations(type: LegacyType): { name: string; object: GivenObject }[] {
    return unchanged(type).spec.steps.flatMap(({ id, type: kind, with: input }) => {
      const mutate = (name: string, change: (given: GivenObject) => void) => {
        const object = unchanged(type);
        change(object);
        return { name: `${id} ${name}`, object };
      };
      return [
        mutate("removed", (object) => void without(object, id)),
        ...Object.keys(input).flatMap((key) => [
          ...(["name", "apiVersion", "kind", "metadata"].includes(key)
            ? []
            : [mutate(`without ${key}`, (object) => void delete stepOf(object, id).with[key])]),
          ...(typeof input[key] === "string"
            ? [mutate(`other ${key}`, (object) => Object.assign(stepOf(object, id).with, { [key]: "other" }))]
            : []),
        ]),
        ...(kind === "chart"
          ? ["service.type", "env.A", "image.tag", "new.key"].map((name) =>
              mutate(`set ${name}`, (object) => void set(object, id, { [name]: "7" })),
            )
          : []),
      ];
    });
  }

  for (const type of types) {
    it(`of type ${type} has one outcome, with a reason where it is left, and loads`, async function () {
      this.timeout(60_000);
      const loaded = new Set<string>();
      for (const { name, object } of mutations(type)) {
        const platform = read(object);
        const migration = merge(object, type);
        assert.deepEqual(
          migration.outcomes.map(({ change }) => change),
          changesOf(platform, type),
          name,
        );
        for (const { outcome } of migration.outcomes) {
          if (outcome.kind === "left" || outcome.kind === "same") assert.ok(outcome.why.length > 10, name);
          if (outcome.kind !== "carried") continue;
          for (const { path, value } of outcome.overrides) {
            assert.deepEqual(valueAt(overridesOf(migration), path), value, name);
          }
        }
        const text = `${overridesText(migration)} ${JSON.stringify(migration.stackKeys)}`;
        if (loaded.has(text)) continue;
        loaded.add(text);
        await settingsOf(migration).catch((error: Error) => assert.fail(`${name}: ${error.message}`));
      }
    });
  }
});
