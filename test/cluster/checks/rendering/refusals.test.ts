import assert from "node:assert/strict";
import { type Refusal, refusalsIn } from "../../../../cluster/checks/rendering/refusals.ts";
import type { JsonObject } from "../../../../model/settings.ts";

const title = "values don't meet the specifications of the schema(s) in the following chart(s):";
const executing = 'template: web/templates/a.yaml:3:9: executing "web/templates/a.yaml" at';

/** Values that the texts below are about. */
const values: JsonObject = {
  service: { port: "x" },
  hosts: [{ host: 1 }],
  "example.org/a": 1,
  imgae: {},
  foo: {},
  db: { user: 5, pool: {} },
  web: { user: 1 },
};

const schema = (words: string, path?: Refusal["path"]): Refusal => ({
  words,
  ...(path && { path }),
  bySchema: true,
});
const template = (words: string, path?: Refusal["path"]): Refusal => ({
  words,
  ...(path && { path }),
  bySchema: false,
});

describe("what helm says of a chart that it cannot render", () => {
  // The texts are those of helm 3.21, where nothing else is said.
  const cases: [rule: string, reason: string, expected: readonly Refusal[]][] = [
    [
      "by its schema is one fault a line, each with the path of its value",
      `${title}\nweb:\n- at '/service/port': got string, want integer\n- at '/hosts/0/host': got number, want string`,
      [
        schema("got string, want integer", ["service", "port"]),
        schema("got number, want string", ["hosts", 0, "host"]),
      ],
    ],
    [
      "by its schema keeps what stands below a line",
      `${title}\nweb:\n- at '/foo': oneOf failed, none matched\n  - at '/foo': got object, want string\n  - at '/foo': got object, want null`,
      [
        schema(
          "oneOf failed, none matched; at '/foo': got object, want string; at '/foo': got object, want null",
          ["foo"],
        ),
      ],
    ],
    [
      "by its schema is about the key that it does not know",
      `${title}\nweb:\n- at '': additional properties 'imgae', 'tgas' not allowed`,
      [schema("additional properties 'imgae', 'tgas' not allowed", ["imgae"])],
    ],
    [
      "by its schema is about no value, where one is missing",
      `${title}\nweb:\n- at '': missing property 'host'`,
      [schema("missing property 'host'")],
    ],
    [
      "by its schema is about the nearest value that is given",
      `${title}\nweb:\n- at '/service/ports': missing properties 'a', 'b'`,
      [schema("missing properties 'a', 'b'", ["service"])],
    ],
    [
      "by its schema may be about a key with a slash",
      `${title}\nweb:\n- at '/example.org~1a': got number, want string`,
      [schema("got number, want string", ["example.org/a"])],
    ],
    [
      "by the schema of a chart inside it is about a value below that chart's name",
      `${title}\ndb:\n- at '/user': got number, want string`,
      [schema("got number, want string", ["db", "user"])],
    ],
    [
      "by its own schema is not about a value of the chart's name",
      `${title}\nweb:\n- at '/user': got number, want string`,
      [schema("got number, want string")],
    ],
    [
      "by its schema, in the words of helm 3.17",
      `${title}\nweb:\n- service.port: Invalid type. Expected: integer, given: string\n- (root): Additional property imgae is not allowed`,
      [
        schema("Invalid type. Expected: integer, given: string", ["service", "port"]),
        schema("Additional property imgae is not allowed", ["imgae"]),
      ],
    ],
    ["by a schema without a word is a fault, too", title, [schema(title)]],
    [
      "by a template is about the value that it looks at",
      `${executing} <.Values.foo.bar.baz>: nil pointer evaluating interface {}.baz`,
      [template(`${executing} <.Values.foo.bar.baz>: nil pointer evaluating interface {}.baz`, ["foo"])],
    ],
    [
      "by a template is about the innermost one",
      `${executing} <include "web.name" .Values.service>: error calling include: template: web/templates/_h.tpl:2:10: executing "web.name" at <$.Values.db.user>: wrong type`,
      [
        template(
          `${executing} <include "web.name" .Values.service>: error calling include: template: web/templates/_h.tpl:2:10: executing "web.name" at <$.Values.db.user>: wrong type`,
          ["db", "user"],
        ),
      ],
    ],
    [
      "by a template may be about an argument",
      `${executing} <index .Values.hosts 3>: error calling index: index out of range: 3`,
      [
        template(`${executing} <index .Values.hosts 3>: error calling index: index out of range: 3`, [
          "hosts",
        ]),
      ],
    ],
    [
      "by a template of a chart inside it is about a value below that chart's name",
      'template: web/charts/db/templates/a.yaml:1:2: executing "web/charts/db/templates/a.yaml" at <.Values.pool.size>: nil',
      [
        template(
          'template: web/charts/db/templates/a.yaml:1:2: executing "web/charts/db/templates/a.yaml" at <.Values.pool.size>: nil',
          ["db", "pool"],
        ),
      ],
    ],
    [
      "by a template is about no value that is not given",
      `${executing} <.Values.none.bar>: nil pointer evaluating interface {}.bar`,
      [template(`${executing} <.Values.none.bar>: nil pointer evaluating interface {}.bar`)],
    ],
    [
      "by a template that fails on purpose is about no value",
      "execution error at (web/templates/a.yaml:1:6): give me it",
      [template("execution error at (web/templates/a.yaml:1:6): give me it")],
    ],
    [
      "over several lines is one text",
      "YAML parse error on web/templates/a.yaml: error converting YAML to JSON:\n  yaml: line 2: did not find expected key",
      [
        template(
          "YAML parse error on web/templates/a.yaml: error converting YAML to JSON: yaml: line 2: did not find expected key",
        ),
      ],
    ],
  ];
  for (const [rule, reason, expected] of cases) {
    it(rule, () => assert.deepEqual(refusalsIn(reason, values, "web"), expected));
  }
});
