import assert from "node:assert/strict";
import { overridesOf } from "../../migration/overrides-file.ts";
import { valueAt } from "../../model/path.ts";
import { chartStep } from "../configuration/project.ts";
import { authn, type GivenObject, lines, merge, set, settingsOf, stepOf, unchanged } from "./objects.ts";

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
