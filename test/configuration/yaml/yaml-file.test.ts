import assert from "node:assert/strict";
import { parseFile } from "../../../configuration/yaml/yaml-file.ts";

const parse = (text: string) => parseFile(text, "f.yaml", { Namespace: "demo" });
const problems = (text: string) => parse(text).problems.map(({ line, what }) => [line, what]);

describe("a YAML file", () => {
  const scalars: [text: string, value: unknown][] = [
    ["0777", 511],
    ["0o17", 15],
    ["0x1F", 31],
    ["0b11", 3],
    ["1_000", 1000],
    ["-12", -12],
    ["1.10", 1.1],
    ["1e3", 1000],
    ["1:30", "1:30"],
    ["12:30:45", "12:30:45"],
    ["2024-01-02", "2024-01-02T00:00:00Z"],
    ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"],
    ["0.22.2", "0.22.2"],
    ["yes", "yes"],
    ["off", "off"],
    ["y", "y"],
    ["true", true],
    ["False", false],
    ["~", null],
    ["", null],
    ["'true'", "true"],
    ['"0777"', "0777"],
  ];
  for (const [text, value] of scalars) {
    it(`reads ${text === "" ? "nothing" : text} as ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parse(`a: ${text}`).source?.root, { a: value });
    });
  }

  it("reads unquoted words of YAML 1.1 as booleans in enabled of a component or module, and nowhere else", () => {
    const text = [
      "components: {a: {enabled: no, helmDefaults: {enabled: no}}, b: {enabled: 'no'}}",
      "componentsDefinition: {a: {enabled: on}}",
      "modules: {a: {enabled: off}}",
      "profiles: {p: {components: {a: {enabled: yes}}}}",
    ];
    assert.deepEqual(parse(text.join("\n")).source?.root, {
      components: { a: { enabled: false, helmDefaults: { enabled: "no" } }, b: { enabled: "no" } },
      componentsDefinition: { a: { enabled: true } },
      modules: { a: { enabled: false } },
      profiles: { p: { components: { a: { enabled: true } } } },
    });
  });

  it("merges with << and follows anchors", () => {
    assert.deepEqual(parse("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: *x").source?.root, {
      a: { b: 1, c: 2 },
      d: { b: 1, c: 3 },
      e: { b: 1, c: 2 },
    });
  });

  it("is its first document, and says so when there are more", () => {
    const { source, warnings } = parse("a: 1\n---\nb: 2\n");
    assert.deepEqual(source?.root, { a: 1 });
    assert.deepEqual(warnings, ["f.yaml: only the first of its 2 YAML documents is read"]);
  });

  it("says so as well when the first one is empty", () => {
    const { source, warnings } = parse("---\n---\nb: 2\n");
    assert.deepEqual(source?.root, {});
    assert.deepEqual(warnings, ["f.yaml: only the first of its 2 YAML documents is read"]);
  });

  it("takes more than a hundred aliases", () => {
    const aliases = Array.from({ length: 150 }, (_, index) => `k${index}: *a`);
    assert.equal(Object.keys(parse(["a: &a {b: 1}", ...aliases].join("\n")).source?.root ?? {}).length, 151);
  });

  it("may hold characters that cannot be seen where they can only be meant", () => {
    const text = 'a: "x\u00a0:\u00a0y"\nb: x\u00a0y\nc: |\n  x:\u00a0y\n';
    assert.deepEqual(parse(text).source?.root, { a: "x\u00a0:\u00a0y", b: "x\u00a0y", c: "x:\u00a0y\n" });
  });

  for (const [text, changed] of [
    ["0123456789", true],
    ["+49123", true],
    ["1.10", true],
    ["8e1", true],
    ["1_000", true],
    ["0x1F", true],
    ["0777777", true],
    ["0644", false],
    ["1.5", false],
    ["-12", false],
    ["10737418240", false],
    ['"1.10"', false],
    ["0.22.2", false],
  ] as const) {
    it(`${changed ? "says" : "does not say"} that ${text} is a number that does not stay as it is written`, () => {
      const { warnings, source } = parse(`a: 1\nb: ${text}`);
      assert.deepEqual(
        warnings.map((warning) => warning.replace(/ \(.*/, "")),
        changed ? ["f.yaml, line 2: a number that does not stay as it is written"] : [],
      );
      assert.equal(source?.writtenAt?.(["b"]), changed ? text : undefined);
    });
  }

  it("may be empty", () => {
    assert.deepEqual(parse("# nothing yet\n").source?.root, {});
    assert.deepEqual(parse("").source?.root, {});
  });

  const faults: [rule: string, text: string, found: unknown][] = [
    ["a duplicate key", "a: 1\nb: 2\na: 3", [[3, "a key that is there twice"]]],
    ["a nested duplicate key", "x:\n  a: 1\n  a: 3", [[3, "a key that is there twice"]]],
    ["broken syntax", "a: [1, 2\nb: 3", [[2, "this is not valid YAML"]]],
    ["a list instead of a mapping", "- a", [[1, "the file is not a mapping of keys to values"]]],
    ["an integer key", "a:\n  8080: b", [[2, "a key that is not text"]]],
    ["an infinite number", "a:\n  - .inf", [[2, "a number that cannot be kept exactly"]]],
    ["no number", "a: .nan", [[1, "a number that cannot be kept exactly"]]],
    [
      "an integer beyond double precision",
      "a: 9007199254740993",
      [[1, "a number that cannot be kept exactly"]],
    ],
    ...(
      [
        ["after a key", "a:\n  env:\u00a0\n    A: b", 2],
        ["after a key at the root", "env:\u00a0\n  A: b", 1],
        ["between a key and its colon", "a: 1\nenv\u00a0: 1", 2],
        ["before a key", "a: 1\n\u00a0\u00a0env: 1", 2],
        ["before a key in a list", "a:\n  - \u00a0b: 1", 2],
        ["in the indentation", "a:\n\u00a0\u00a0b: 1", 2],
        ["in place of the space behind a colon", "a:\n  b:\u00a01", 2],
        ["behind a value", "a: 1\nb: x\u00a0", 2],
      ] as const
    ).map(([where, text, line]): [string, string, unknown] => [
      `a no-break space ${where}`,
      text,
      [[line, "an invisible character that YAML does not read as a space: a no-break space (U+00A0)"]],
    ]),
    [
      "a byte order mark in the middle",
      "a: 1\n\ufeffb: 2",
      [[2, "an invisible character that YAML does not read as a space: a byte order mark (U+FEFF)"]],
    ],
    [
      "a tag of another program's",
      "a:\n  b: !env HOME",
      [[2, "a tag whose meaning is not known here: !env"]],
    ],
    ["a tag on a map", "a: !x {b: 1}", [[1, "a tag whose meaning is not known here: !x"]]],
    ["a binary value", "a: !!binary aGk=", [[1, "a tag whose meaning is not known here: !!binary"]]],
    [
      "a value of Ansible Vault",
      "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n",
      [[1, "a value that is encrypted with Ansible Vault (!vault)"]],
    ],
    [
      "a file of sops, whose values nobody looks at",
      "a: ENC[x]\nsops: {mac: x}",
      [[2, "the file is encrypted with sops"]],
    ],
    ["an anchor that contains itself", "a: &x\n  b: *x", [[2, "the anchor &x contains itself"]]],
    ["a list that contains itself", "a: &x [*x]", [[1, "the anchor &x contains itself"]]],
    [
      "aliases that stand for a million values",
      [
        `a0: &a0 [${"1,".repeat(10)}]`,
        ...[1, 2, 3, 4, 5].map((n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(10)}]`),
      ].join("\n"),
      [[1, "its aliases stand for more than 1000000 values"]],
    ],
    [
      "an unknown token that is not in quotes",
      "a: '{{ .Release }}'\nb: {{ .Release }}",
      [[2, "a token in double braces that is not known here"]],
    ],
    [
      "one that ends within a text",
      "a: 1\nb: {{ .Release }}-x",
      [[2, "a token in double braces that is not known here"]],
    ],
    [
      "a misspelt token, also in quotes",
      "b: '{{ .Namspace }} {{ namespace }}'",
      [
        [1, "a token in double braces that is not known here"],
        [1, "a token in double braces that is not known here"],
      ],
    ],
    [
      "a token with more spaces",
      "b: '{{  .Namespace }}'",
      [[1, "a token in double braces that is not known here"]],
    ],
    [
      "a template function",
      "b: '{{ .Namespace | quote }}'",
      [[1, "a token in double braces that is not known here"]],
    ],
    [
      "all at once",
      "1: a\n2: b\nc: .inf",
      [
        [1, "a key that is not text"],
        [2, "a key that is not text"],
        [3, "a number that cannot be kept exactly"],
      ],
    ],
  ];
  for (const [rule, text, found] of faults)
    it(`refuses ${rule}`, () => assert.deepEqual(problems(text), found));

  it("replaces the namespace in four spellings, unquoted, in keys and inside words", () => {
    const text =
      "a: x.{{ .Namespace }}.svc\nb: {{.Namespace}}\n{{ .Namespace}}: c\nd: '{{.Namespace }}/{{ .Namespace }}'";
    assert.deepEqual(parse(text).source?.root, { a: "x.demo.svc", b: "demo", demo: "c", d: "demo/demo" });
  });

  it("leaves tokens of others as text, and one of its own that is written to be text", () => {
    const text = [
      "a: '{{ .Release.Name }}-{{ $labels.instance }}'",
      'b: "{{ .password }} {{ .Values.namespace }}"',
      "c: |\n  {{- if .Values.x }}\n  {{ .Release.Namespace }}",
      'd: "{\\x7b .Namespace }} {\\x7b .Namspace }}"',
      "e: x {{ .Name }}",
    ].join("\n");
    assert.deepEqual(parse(text).source?.root, {
      a: "{{ .Release.Name }}-{{ $labels.instance }}",
      b: "{{ .password }} {{ .Values.namespace }}",
      c: "{{- if .Values.x }}\n{{ .Release.Namespace }}\n",
      d: "{{ .Namespace }} {{ .Namspace }}",
      e: "x {{ .Name }}",
    });
  });

  it("says how a token is written as text", () => {
    assert.deepEqual(
      ["a: '{{ .Namspace }}'", "a: {{ .Release }}"].map((text) => parse(text).problems[0]?.next),
      [
        "use an allowed token, with at most one space on either side; if it is meant as text, " +
          'write it in double quotes, the second brace as \\x7b: "{\\x7b .Namspace }}"',
        "put it in quotes if it is meant as text",
      ],
    );
  });

  it("leaves comments alone", () => {
    assert.deepEqual(parse("# {{ .Release }}\na: 1").source?.root, { a: 1 });
  });

  it("knows the line of a path, through lists, anchors and merges, as deep as it goes", () => {
    const { source } = parse("a:\n  - b: 1\n    c: 2\nx: &x\n  y: 3\nz: *x\n");
    const lines: [path: (string | number)[], line: number | undefined][] = [
      [["a"], 1],
      [["a", 0], 2],
      [["a", 0, "c"], 3],
      [["x", "y"], 5],
      [["z", "y"], 5],
      [["a", 0, "missing", "deeper"], 2],
      [["missing"], undefined],
    ];
    for (const [path, line] of lines) assert.equal(source?.lineOf(path), line, path.join("."));
  });
});
