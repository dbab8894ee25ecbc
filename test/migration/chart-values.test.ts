import assert from "node:assert/strict";
import { valueAt } from "../../model/path.ts";
import type { Json } from "../../model/settings.ts";
import { chartStep } from "../configuration/project.ts";
import { authn, frontend, lines, merge, set, settingsOf, stepOf, unchanged } from "./objects.ts";

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
