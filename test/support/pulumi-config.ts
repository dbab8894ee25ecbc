/** Configurations in the ways in which Pulumi takes them, each with what `pulumi config --json` (3.259) says of it. */

/** Value of each key: text, or what the JSON of a list or map says; encrypted ones are only named. */
export type KnownConfig = Readonly<Record<string, unknown>>;

export const encrypted = { secret: true };

export interface ConfigVariant {
  readonly name: string;
  /** Files of the project's folder; Pulumi.yaml names the project `krateo` unless it is among them. */
  readonly files: Readonly<Record<string, string>>;
  /** As --stack has it; `dev` unless given. */
  readonly stack?: string;
  readonly configFile?: string;
  /** Undefined where Pulumi refuses it. */
  readonly config: KnownConfig | undefined;
}

const project = "name: krateo\nruntime: nodejs\n";
const secure = "v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export const configVariants: readonly ConfigVariant[] = [
  {
    name: "keys with and without the project's name, and in the old long form",
    files: {
      "Pulumi.dev.yaml":
        "config:\n  type: loadbalancer\n  krateo:namespace: shop\n  krateo:config:version: local\n  aws:region: x\n",
    },
    config: {
      "krateo:type": "loadbalancer",
      "krateo:namespace": "shop",
      "krateo:version": "local",
      "aws:region": "x",
    },
  },
  {
    name: "scalars, which are all text",
    files: {
      "Pulumi.dev.yaml": [
        "config:",
        "  a: true",
        '  b: "true"',
        "  c: True",
        "  d: yes",
        "  e: off",
        "  f: 5",
        "  g: 3.0",
        "  h: 1.10",
        "  i: 0777",
        "  j: 0o17",
        "  k: 089",
        "  l: 1_000",
        "  m: 0x1F",
        "  n: 1e3",
        "  o: 9007199254740993",
        "  p:",
        "  q: null",
        '  r: ""',
        "  s: 2026-11-15",
        "  t: 2026-11-15T10:00:00Z",
        '  u: "[::1]"',
        "  v: 1:30",
        "  w: -12",
        "  x: 3.5",
        '  y: "2026-11-15"',
        "  z: '[\"a\"]'",
      ].join("\n"),
    },
    config: {
      "krateo:a": "true",
      "krateo:b": "true",
      "krateo:c": "true",
      "krateo:d": "yes",
      "krateo:e": "off",
      "krateo:f": "5",
      "krateo:g": "3",
      "krateo:h": "1.1",
      "krateo:i": "511",
      "krateo:j": "15",
      "krateo:k": "89",
      "krateo:l": "1000",
      "krateo:m": "31",
      "krateo:n": "1000",
      "krateo:o": "9007199254740993",
      "krateo:p": "",
      "krateo:q": "",
      "krateo:r": "",
      "krateo:s": "2026-11-15 00:00:00 +0000 UTC",
      "krateo:t": "2026-11-15 10:00:00 +0000 UTC",
      "krateo:u": "[::1]",
      "krateo:v": "1:30",
      "krateo:w": "-12",
      "krateo:x": "3.5",
      "krateo:y": "2026-11-15",
      "krateo:z": ["a"],
    },
  },
  {
    name: "lists and maps, with what stands in them",
    files: {
      "Pulumi.dev.yaml": [
        "config:",
        "  profiles: [debug, small]",
        "  krateo:set:",
        '    a.b: {on: yes, port: 80, text: "80", none: null, share: 0.5, date: 2026-11-15, octal: 0644}',
        "    c: [1, [2, {d: false}]]",
        "    keys: {80: a, true: b, 1.5: c, 0x10: d, yes: e}",
        "    empty: {}",
      ].join("\n"),
    },
    config: {
      "krateo:profiles": ["debug", "small"],
      "krateo:set": {
        "a.b": {
          on: "yes",
          port: 80,
          text: "80",
          none: null,
          share: 0.5,
          date: "2026-11-15 00:00:00 +0000 UTC",
          octal: 420,
        },
        c: [1, [2, { d: false }]],
        keys: { "80": "a", true: "b", "1.5": "c", "16": "d", yes: "e" },
        empty: {},
      },
    },
  },
  {
    name: "encrypted values, whole and below a key, and what only looks like one",
    files: {
      "Pulumi.dev.yaml": [
        "config:",
        `  chartMirror: {secure: "${secure}"}`,
        `  krateo:set: {a.b: {secure: "${secure}"}, c: 1}`,
        `  krateo:list: [1, {deep: {secure: "${secure}"}}]`,
        "  krateo:number: {secure: 5}",
        '  krateo:two: {secure: "x", other: y}',
      ].join("\n"),
    },
    config: {
      "krateo:chartMirror": encrypted,
      "krateo:set": encrypted,
      "krateo:list": encrypted,
      "krateo:number": { secure: 5 },
      "krateo:two": { secure: "x", other: "y" },
    },
  },
  {
    name: "anchors and merge keys",
    files: {
      "Pulumi.dev.yaml":
        "config:\n  krateo:one: &one {a: 1, b: 2}\n  krateo:two: {<<: *one, b: 3}\n  krateo:three: *one\n",
    },
    config: { "krateo:one": { a: 1, b: 2 }, "krateo:two": { a: 1, b: 3 }, "krateo:three": { a: 1, b: 2 } },
  },
  {
    name: "defaults of Pulumi.yaml, in each of their forms, below the stack's own",
    files: {
      "Pulumi.yaml": [
        `${project}config:`,
        "  krateo:type: {default: nodeport}",
        "  namespace: {default: shop, description: where}",
        "  krateo:version: local",
        "  krateo:openshift: {type: boolean, default: false}",
        "  krateo:count: 3",
        "  krateo:profiles: [a, b]",
        "  krateo:set: {default: {a: 1, b: [true]}}",
        "  krateo:valued: {value: v}",
        "  aws:region: x",
        "  gcp:zone: {value: z}",
      ].join("\n"),
      "Pulumi.dev.yaml": "config:\n  type: ingress\n  krateo:profiles: [c]\n",
    },
    config: {
      "krateo:type": "ingress",
      "krateo:namespace": "shop",
      "krateo:version": "local",
      "krateo:openshift": "false",
      "krateo:count": "3",
      "krateo:profiles": ["c"],
      "krateo:set": { a: 1, b: [true] },
      "krateo:valued": "v",
      "aws:region": "x",
      "gcp:zone": "z",
    },
  },
  {
    name: "defaults whose name is a path",
    files: {
      "Pulumi.yaml": [
        `${project}config:`,
        '  krateo:database.port: {default: "5433"}',
        "  krateo:database.host: {default: pg}",
        '  krateo:database.name: {default: "0123"}',
        '  krateo:tls.external: {default: "true"}',
      ].join("\n"),
      "Pulumi.dev.yaml": "config:\n  krateo:database: {host: other}\n",
    },
    config: {
      "krateo:database": { host: "other", port: 5433, name: "0123" },
      "krateo:tls": { external: true },
    },
  },
  {
    name: "a stack without a key of its own",
    files: { "Pulumi.yaml": `${project}config:\n  krateo:type: nodeport\n`, "Pulumi.dev.yaml": "" },
    config: { "krateo:type": "nodeport" },
  },
  {
    name: "a project with another extension, and with a byte order mark",
    files: { "Pulumi.yml": project, "Pulumi.dev.yml": "\uFEFFconfig:\n  type: ingress\n" },
    config: { "krateo:type": "ingress" },
  },
  {
    name: "files in JSON, which come before those in YAML",
    files: {
      "Pulumi.json": '{"name": "krateo", "runtime": "nodejs"}',
      "Pulumi.dev.json": '{"config": {"type": "ingress", "krateo:set": {"a": 1}}}',
      "Pulumi.yaml": project,
      "Pulumi.dev.yaml": "config:\n  type: loadbalancer\n",
    },
    config: { "krateo:type": "ingress", "krateo:set": { a: 1 } },
  },
  {
    name: "a folder for the stacks' files",
    files: {
      "Pulumi.yaml": `${project}stackConfigDir: stacks\n`,
      "stacks/Pulumi.dev.yaml": "config:\n  type: ingress\n",
      "Pulumi.dev.yaml": "config:\n  type: loadbalancer\n",
    },
    config: { "krateo:type": "ingress" },
  },
  {
    name: "such a folder in the older form",
    files: {
      "Pulumi.yaml": `${project}config: stacks\n`,
      "stacks/Pulumi.dev.yaml": "config:\n  type: ingress\n",
    },
    config: { "krateo:type": "ingress" },
  },
  {
    name: "a stack's name with organization and project",
    files: { "Pulumi.dev.yaml": "config:\n  type: ingress\n" },
    stack: "organization/krateo/dev",
    config: { "krateo:type": "ingress" },
  },
  {
    name: "a configuration file of another name",
    files: {
      "Pulumi.dev.yaml": "config:\n  type: ingress\n",
      "elsewhere/conf.yaml": "config:\n  type: loadbalancer\n",
    },
    configFile: "elsewhere/conf.yaml",
    config: { "krateo:type": "loadbalancer" },
  },
  {
    name: "a project of another name, whose keys have it as their prefix",
    files: {
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "Pulumi.dev.yaml": "config:\n  type: ingress\n  krateo:type: nodeport\n",
    },
    config: { "shop:type": "ingress", "krateo:type": "nodeport" },
  },
  {
    name: "several documents in a file, of which the first counts",
    files: { "Pulumi.dev.yaml": "config:\n  type: ingress\n---\nconfig:\n  type: nodeport\n" },
    config: { "krateo:type": "ingress" },
  },
  ...[
    ["a key with two colons", "config:\n  krateo:a:b: 1\n"],
    ["a list for the configuration", "config: [a]\n"],
    ["a key that is there twice", "config:\n  type: a\n  type: b\n"],
    ["a key that is not text", "config:\n  5: x\n"],
    ["what is no YAML", "config: [\n"],
  ].map(([name, text]) => ({
    name: name as string,
    files: { "Pulumi.dev.yaml": text as string },
    config: undefined,
  })),
];

/** A variant's files, with a project where it has none. */
export function filesOf({ files }: ConfigVariant): Record<string, string> {
  const own = Object.keys(files).some((name) => /^Pulumi\.(yaml|yml|json)$/.test(name));
  return own ? { ...files } : { "Pulumi.yaml": project, ...files };
}
