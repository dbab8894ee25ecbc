import assert from "node:assert/strict";
import { platformImages } from "../../../configuration/images/platform-images.ts";
import { valueAt } from "../../../model/path.ts";
import type { JsonObject, Settings } from "../../../model/settings.ts";
import { chartStep, load, loadLocal, problemsOf } from "../project.ts";

const imageRegistry = "mirror.example.org/krateo";
const authn = "components.backend.stepConfig.install-authn.helmValues";
const kubectl = "ghcr.io/krateoplatformops/kubectl:1.33.1";

const yaml = (document: JsonObject): Record<string, string> => ({
  "krateo-overrides.yaml": JSON.stringify(document),
});
const helmValues = (component: string, step: string, values: JsonObject): JsonObject => ({
  components: { [component]: { stepConfig: { [step]: { helmValues: values } } } },
});
const valueIn = (settings: Settings, step: string, ...path: string[]): unknown =>
  valueAt(chartStep(settings, step).values, path);

describe("krateo:imageRegistry", () => {
  it("leads to every image, and says where each is copied from; one is fixed in its chart", async () => {
    const plain = platformImages(await load({}, { openshift: true }));
    const redirected = platformImages(await load({}, { openshift: true, imageRegistry }));
    assert.deepEqual(
      redirected.map(({ source }) => source),
      plain.map(({ reference }) => reference),
    );
    assert.deepEqual(
      redirected.map(({ reference }) => reference),
      plain.map(({ reference }) =>
        reference === kubectl ? kubectl : reference.replace(/^(ghcr|quay)\.io/, imageRegistry),
      ),
    );
  });

  it("sets the values that choose the registry, and no other", async () => {
    const settings = await load({}, { imageRegistry });
    const repository = `${imageRegistry}/krateoplatformops`;
    assert.deepEqual(valueIn(settings, "install-authn", "image"), {
      repository: `${repository}/authn`,
      pullPolicy: "IfNotPresent",
    });
    assert.equal(
      valueIn(settings, "install-pg-cluster", "cluster", "imageName"),
      `${imageRegistry}/cloudnative-pg/postgresql:18`,
    );
    assert.equal(valueIn(settings, "install-finops-operator-scraper", "env", "REGISTRY"), repository);
    assert.equal(valueIn(settings, "install-finops-cratedb", "openshift", "preInstallJob"), undefined);
  });

  it("warns of what it does not reach, with the way out", async () => {
    assert.deepEqual((await load({}, { imageRegistry })).warnings, [
      `krateo:imageRegistry does not reach ${kubectl}, which chart finops-notebooks 0.1.1 (step install-finops-notebooks) names in its templates, ` +
        "started by Helm, when the release is removed; let the nodes' container runtime get it from your registry, or leave it out: components.finops.enabled: false",
    ]);
    assert.deepEqual((await load({}, { imageRegistry, profiles: "no-finops" })).warnings, []);
  });

  it("is an error for what it does not reach with krateo:imageRegistryStrict", async () => {
    const strict = { imageRegistry, imageRegistryStrict: true };
    const problems = await problemsOf(load({}, strict));
    assert.deepEqual(
      problems.map(({ what }) => what),
      [
        `krateo:imageRegistry does not reach ${kubectl}, which chart finops-notebooks 0.1.1 (step install-finops-notebooks) names in its templates, started by Helm, when the release is removed`,
      ],
    );
    const { images } = await load({}, { ...strict, profiles: "no-finops" });
    assert.equal(images.strict, true);
    const { warnings } = await load({}, { imageRegistryStrict: true });
    assert.deepEqual(warnings, ["krateo:imageRegistryStrict has no effect: krateo:imageRegistry is not set"]);
  });

  describe("leaves alone what the user says", () => {
    const own = "r.example.org/authn";
    const ways: [way: string, files: Record<string, string>, config: Record<string, unknown>][] = [
      ["in an override", yaml(helmValues("backend", "install-authn", { image: { repository: own } })), {}],
      [
        "in defaults of the component",
        yaml({ components: { backend: { helmDefaults: { image: { repository: own } } } } }),
        {},
      ],
      [
        "in a profile",
        {
          "krateo-overrides.mine.yaml": JSON.stringify(
            helmValues("backend", "install-authn", { image: { repository: own } }),
          ),
        },
        { profiles: "mine" },
      ],
      ["in krateo:set", {}, { set: { [`${authn}.image.repository`]: own } }],
      ["in a map of krateo:set", {}, { set: { [authn]: { image: { repository: own } } } }],
    ];
    for (const [way, files, config] of ways) {
      it(way, async () => {
        const settings = await load(files, { ...config, imageRegistry, profiles: config["profiles"] ?? "" });
        assert.equal(valueIn(settings, "install-authn", "image", "repository"), own);
        // The fixed image is warned of, the user's own is not.
        assert.equal(settings.warnings.filter((warning) => warning.includes("authn")).length, 0);
        const [first] = await problemsOf(
          load(files, { ...config, imageRegistry, imageRegistryStrict: true }),
        );
        assert.equal(
          first?.what,
          `${own}:0.22.2 does not come from krateo:imageRegistry: step install-authn has a value of your own for it`,
        );
        assert.match(first?.path ?? "", /install-authn|helmDefaults/);
      });
    }

    it("but goes with a tag of the user's", async () => {
      const tag = yaml(helmValues("backend", "install-authn", { image: { tag: "9" } }));
      const [image] = platformImages(await load(tag, { imageRegistry }));
      assert.equal(image?.reference, `${imageRegistry}/krateoplatformops/authn:9`);
      assert.equal(image?.source, "ghcr.io/krateoplatformops/authn:9");
    });

    it("but goes with a PostgreSQL version of the user's", async () => {
      const path = "components.cnpg.stepConfig.install-pg-cluster.helmValues.version.postgresql";
      const settings = await load({}, { imageRegistry, set: { [path]: "17" } });
      const name = valueIn(settings, "install-pg-cluster", "cluster", "imageName");
      assert.equal(name, `${imageRegistry}/cloudnative-pg/postgresql:17`);
    });
  });

  it("redirects a release document of the user's own, and says which charts it does not know", async () => {
    const document = JSON.stringify({
      componentsDefinition: { shop: { steps: ["a", "b", "c"] } },
      steps: [
        {
          id: "a",
          type: "chart",
          with: {
            url: "oci://ghcr.io/x/snowplow",
            version: "1.0.0",
            values: { image: { repository: "quay.io/x/snowplow" } },
          },
        },
        { id: "b", type: "chart", with: { url: "https://c.example.org", repo: "shop", version: "1.0.0" } },
        {
          id: "c",
          type: "object",
          with: {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { name: "c" },
            spec: { containers: [{ name: "c", image: "busybox" }] },
          },
        },
      ],
    });
    const settings = await loadLocal(document, undefined, { imageRegistry, imagePullSecrets: "regcred" });
    const strict = { imageRegistry, imageRegistryStrict: true };
    assert.deepEqual(
      (await problemsOf(loadLocal(document, undefined, strict))).map(({ what }) => what),
      ["krateo:imageRegistry does not reach step c: its object names busybox"],
    );
    assert.equal(valueIn(settings, "a", "image", "repository"), `${imageRegistry}/x/snowplow`);
    assert.deepEqual(valueIn(settings, "a", "imagePullSecrets"), [{ name: "regcred" }]);
    assert.deepEqual(settings.warnings, [
      "krateo:imageRegistry does not reach step c: its object names busybox; name the image in your own registry there",
      "krateo:imageRegistry does not reach step b: which values of chart shop choose its images is not known; set them yourself; npx krateo images shows what its templates run where helm is on the PATH",
      "step b gets no pull Secret: which value of chart shop takes it is not known; set it yourself, to regcred",
    ]);
  });

  const refused = [
    "https://mirror.example.org",
    "krateo",
    "mirror.example.org/",
    "mirror.example.org/Krateo",
    "",
  ];
  for (const given of refused) {
    it(`is not ${given === "" ? "empty" : given}`, async () => {
      const [problem] = await problemsOf(load({}, { imageRegistry: given }));
      assert.equal(problem?.path, "krateo:imageRegistry");
      assert.equal(
        problem?.allowed,
        "HOST or HOST/PATH without a scheme, such as registry.example.org/krateo",
      );
    });
  }
  for (const given of ["localhost:5000", "mirror.example.org", "10.0.0.1:5000/a/b"]) {
    it(`may be ${given}`, async () => {
      assert.equal((await load({}, { imageRegistry: given })).images.registry, given);
    });
  }
});

describe("krateo:imagePullSecrets", () => {
  const imagePullSecrets = "one,two";
  const maps = [{ name: "one" }, { name: "two" }];

  it("reach every chart in the form that it takes", async () => {
    const settings = await load({}, { imagePullSecrets });
    const given: [step: string, path: string, value: unknown][] = [
      ["install-authn", "imagePullSecrets", maps],
      ["install-cnpg", "imagePullSecrets", maps],
      ["install-pg-cluster", "cluster.imagePullSecrets", maps],
      ["install-core-provider", "chartInspector.imagePullSecrets", maps],
      ["install-opa", "imagePullSecrets", ["one", "two"]],
      ["install-finops-operator-exporter", "env.REGISTRY_CREDENTIALS", "one"],
      ["install-finops-operator-scraper", "env.REGISTRY_CREDENTIALS", "one"],
      ["install-core-provider", "cdc.imagePullSecrets", undefined],
      ["install-finops-cratedb", "imagePullSecrets", undefined],
      ["install-portal", "imagePullSecrets", undefined],
    ];
    for (const [step, path, value] of given)
      assert.deepEqual(valueIn(settings, step, ...path.split(".")), value, `${step} ${path}`);
    const takers = settings.steps.filter(
      (step) => step.type === "chart" && step.values["imagePullSecrets"] !== undefined,
    );
    assert.equal(takers.length, 17);
  });

  it("are not reached by four charts, which are named with the way out", async () => {
    const { warnings } = await load({}, { imagePullSecrets });
    const out = "what helps: the nodes' own credentials, or a mirror without a login";
    const missed = [
      ["core-provider 1.0.0 (step install-core-provider)", "the controllers of compositions"],
      ["oasgen-provider 0.11.1 (step install-oasgen-provider)", "the controllers of REST resources"],
      ["cratedb 0.1.4 (step install-finops-cratedb)", "its pod"],
      ["finops-notebooks 0.1.1 (step install-finops-notebooks)", "the Job that removes its notebooks"],
    ];
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/ghcr\.io\/\S+/, "IMAGE")),
      missed.map(
        ([chart, pods]) =>
          `chart ${chart} hands no pull Secret on to ${pods}: they pull IMAGE without a login; ${out}`,
      ),
    );
  });

  it("leave alone what the user says", async () => {
    const mine = [{ name: "mine" }];
    const files = yaml({ components: { backend: { helmDefaults: { imagePullSecrets: mine } } } });
    const settings = await load(files, { imagePullSecrets });
    assert.deepEqual(valueIn(settings, "install-authn", "imagePullSecrets"), mine);
    assert.deepEqual(valueIn(settings, "install-frontend", "imagePullSecrets"), maps);
  });
});

describe("a login at a registry of images", () => {
  const login = { username: "krateo", password: "TEST-password" };
  const own = { registries: { "mirror.example.org": login, "charts.example.org": login } };
  const loadWith = (config: Record<string, unknown>) => load({}, config, ["registries"]);

  it("becomes a pull Secret for every chart that takes one, beside those that are named", async () => {
    const { images, ...settings } = await loadWith({
      ...own,
      imageRegistry,
      imagePullSecrets: "one",
      profiles: "no-finops",
    });
    assert.deepEqual(images.logins, { "mirror.example.org": login });
    assert.deepEqual(images.pullSecrets, ["one", "krateo-registry-login"]);
    assert.deepEqual(valueIn({ ...settings, images }, "install-authn", "imagePullSecrets"), [
      { name: "one" },
      { name: "krateo-registry-login" },
    ]);
  });

  it("is for the charts' own registries, too", async () => {
    const { images } = await loadWith({ registries: { "ghcr.io": login } });
    assert.deepEqual(images.pullSecrets, ["krateo-registry-login"]);
  });

  it("goes into no cluster where no image comes from its host", async () => {
    const { images, warnings } = await loadWith(own);
    assert.equal(images.logins, undefined);
    assert.deepEqual([images.pullSecrets, warnings], [[], []]);
  });

  it("is missed by the pods whose image comes from its host alone", async () => {
    const { warnings } = await loadWith({ ...own, imageRegistry });
    const missed = warnings.filter((warning) => warning.includes("hands no pull Secret on to"));
    assert.deepEqual(
      missed.map((warning) => /step (\S+)\)/.exec(warning)?.[1]),
      ["install-core-provider", "install-oasgen-provider", "install-finops-cratedb"],
    );
  });
});
