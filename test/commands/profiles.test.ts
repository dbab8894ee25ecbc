import assert from "node:assert/strict";
import { bundledProfiles } from "../../configuration/bundle.ts";
import { type ProfileEntry, purposeIn } from "../../configuration/profile-list.ts";
import { addedVersion } from "../support/upstream-documents.ts";
import { krateo, withProject } from "./session.ts";

const files = {
  "krateo-overrides.yaml": "profiles: {night: {components: {finops: {enabled: false}}}}",
  "krateo-overrides.mine.yaml":
    "# Fewer of everything.\n# And more text.\n\ncomponents:\n  cnpg: {stepConfig: {install-pg-cluster: {helmValues: {cluster: {instances: 1}}}}}\n",
};

describe("krateo profiles", () => {
  let directory: string;
  let remove: () => void;
  let listed: ProfileEntry[];

  before(async () => {
    ({ directory, remove } = withProject(files));
    const { code, printed } = await krateo(directory, "profiles", "--json");
    assert.equal(code, 0);
    listed = JSON.parse(printed);
  });

  after(() => remove());

  it("lists every bundled profile, and the user's own from files and from the override file", () => {
    assert.deepEqual(
      listed.map(({ name, source }) => `${name} ${source}`),
      [
        ...bundledProfiles.map((name) => `${name} bundled`),
        "mine krateo-overrides.mine.yaml",
        "night krateo-overrides.yaml",
      ],
    );
  });

  it("gives each bundled profile one sentence of purpose", () => {
    for (const { name, purpose } of listed.filter(({ source }) => source === "bundled")) {
      assert.match(purpose, /^[A-Z].{20,200}\.$/, name);
    }
  });

  it("says what a profile changes, for a reader and exactly", () => {
    const of = (wanted: string) => listed.find(({ name }) => name === wanted);
    assert.deepEqual(of("mine"), {
      name: "mine",
      source: "krateo-overrides.mine.yaml",
      purpose: "Fewer of everything.",
      contradicts: [],
      touches: ["pg-cluster"],
      paths: ["components.cnpg.stepConfig.install-pg-cluster.helmValues.cluster.instances"],
    });
    assert.deepEqual(of("no-cnpg")?.touches, ["cnpg off"]);
    assert.deepEqual(of("no-cnpg")?.contradicts, ["small"]);
    assert.deepEqual(of("tls")?.types, ["ingress"]);
    assert.deepEqual(of("openshift")?.touches.slice(0, 2), ["all of backend", "cnpg"]);
  });

  it("prints the same for people", async () => {
    const { printed } = await krateo(directory, "profiles");
    assert.match(
      printed,
      /^mine \(krateo-overrides\.mine\.yaml\)\n {2}Fewer of everything\.\n {2}changes: pg-cluster$/m,
    );
    assert.match(printed, /^no-cnpg\n.*\n {2}changes: cnpg off\n {2}not together with small$/m);
  });

  it("looks where the stack says, and refuses what is no place", async () => {
    const elsewhere = withProject({
      "Pulumi.dev.yaml": "config:\n  krateo:overrides: other.yaml\n  krateo:type: nodport\n",
      "Pulumi.wrong.yaml": 'config:\n  krateo:overrides: ""\n',
      "other.yaml": "profiles: {mine: {}}",
    });
    try {
      const { printed } = await krateo(elsewhere.directory, "profiles", "--stack", "dev");
      assert.match(printed, /^mine \(other\.yaml\)$/m);
      const { code, noted } = await krateo(elsewhere.directory, "profiles", "--stack", "wrong");
      assert.equal(code, 1);
      assert.match(noted, /overrides has a value that is not allowed/);
    } finally {
      elsewhere.remove();
    }
  });

  it("lists what the stack's platform version has beside the bundled ones", async () => {
    const version = "3.9.0";
    const documents = {
      "krateo-overrides.debug.yaml": "components: {}",
      "krateo-overrides.night.yaml": "# Fewer at night. More.\ncomponents: {finops: {enabled: false}}",
    };
    const project = withProject({
      ...addedVersion(version, documents),
      "Pulumi.dev.yaml": `config:\n  krateo:version: ${version}\n`,
      "Pulumi.old.yaml": "config:\n  krateo:type: nodeport\n",
    });
    try {
      const { printed } = await krateo(project.directory, "profiles", "--stack", "dev");
      assert.match(
        printed,
        /^night \(versions\/3\.9\.0\/krateo-overrides\.night\.yaml\)\n {2}Fewer at night\.\n {2}changes: finops off$/m,
      );
      assert.doesNotMatch(printed, /^debug \(/m);
      const other = await krateo(project.directory, "profiles", "--stack", "old");
      assert.doesNotMatch(other.printed, /^night/m);
    } finally {
      project.remove();
    }
  });

  it("names the problems of a file that is no profile, and exits with 1", async () => {
    const broken = withProject({ "krateo-overrides.bad.yaml": "componets: {}" });
    try {
      const { code, noted } = await krateo(broken.directory, "profiles");
      assert.equal(code, 1);
      assert.match(noted, /unknown key "componets"[\s\S]*krateo-overrides\.bad\.yaml, line 1/);
    } finally {
      broken.remove();
    }
  });
});

describe("the purpose of a profile", () => {
  const cases: [string, string, string][] = [
    ["is the first sentence of its opening comment", "# One. Two.\na: 1", "One."],
    ["may go over two lines", "# One\n# sentence.\na: 1", "One sentence."],
    ["ends with the comment's first paragraph", "# One\n#\n# more.\na: 1", "One"],
    ["does not end at a dot within a word", "# Uses 3.0.0 of it.\n", "Uses 3.0.0 of it."],
    ["is empty without a comment", "a: 1", ""],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.equal(purposeIn(text), expected));
});
