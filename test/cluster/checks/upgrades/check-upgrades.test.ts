import assert from "node:assert/strict";
import { type Case, check, manifestOf, namespace, object, place, set } from "./upgrade-case.ts";

const service = (name: string, port: number) =>
  object("Service", name, { spec: { ports: [{ name: "http", port, nodePort: 30080 }] } });
const secret = (type: string) => object("Secret", "login", { type });

/** Findings as `STATUS subject: found | next`, and the lines of a preview. */
async function found(given: Case): Promise<string[]> {
  const { findings } = await check(given);
  return [
    ...findings.checks.map(({ status, subject, found, next }) => `${status} ${subject}: ${found} | ${next}`),
    ...findings.lines,
  ];
}

const forbidden =
  'StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec are forbidden';
const immutable = 'Secret "login" is invalid: type: Invalid value: "b": field is immutable';
const taken =
  'Service "new" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated';
const duplicate = 'Service "web" is invalid: spec.ports[1].name: Duplicate value: "http"';
const renamed = { installed: [service("old", 80)], helm: { manifest: manifestOf(service("new", 80)) } };

describe("what the API server will refuse of an upgrade", () => {
  const cases: [rule: string, given: Case, expected: string[]][] = [
    [
      "is a StatefulSet's volumes, with what goes and what stays",
      {
        installed: [set("1Gi")],
        helm: { manifest: manifestOf(set("2Gi")) },
        refuse: {
          [`PATCH ${place("StatefulSet", "web")}`]: forbidden,
          [`PUT ${place("StatefulSet", "web")}`]: forbidden,
        },
      },
      [
        "ERROR Helm release web: StatefulSet web: cannot be changed in place: spec: Forbidden: updates to statefulset spec are " +
          "forbidden | take the change back, or kubectl delete statefulset web -n krateo-system and then npx pulumi up: its " +
          "pods go and are made again; its volumes and their data stay, in the size and class that they have",
      ],
    ],
    [
      "is nothing of a StatefulSet that was deleted to make way",
      { installed: [set("1Gi")], live: [], helm: { manifest: manifestOf(set("2Gi")) } },
      [],
    ],
    [
      "is a Secret's type",
      {
        installed: [secret("a")],
        helm: { manifest: manifestOf(secret("b")) },
        refuse: {
          [`PATCH ${place("Secret", "login")}`]: immutable,
          [`PUT ${place("Secret", "login")}`]: immutable,
        },
      },
      [
        'ERROR Helm release web: Secret login: cannot be changed in place: type: Invalid value: "b": field is immutable | take ' +
          "the change back, or kubectl delete secret login -n krateo-system and then npx pulumi up: keys that the chart does " +
          "not set go with it",
      ],
    ],
    [
      "is the node port of a Service that gets another name, which the old one holds until the end",
      { ...renamed, refuse: { [`POST ${namespace}/services`]: taken } },
      [
        "ERROR Helm release web: Service new: cannot be made: Service old, which it replaces, holds node port 30080 " +
          "until the end of the upgrade | kubectl delete service old -n krateo-system, then npx pulumi up: release web does not " +
          "need it any more",
      ],
    ],
    [
      "is no node port that somebody else holds: the check of node ports says that",
      { ...renamed, live: [service("foreign", 80)], refuse: { [`POST ${namespace}/services`]: taken } },
      [],
    ],
    [
      "is a new object that it does not take: there is none to look at",
      {
        installed: [],
        helm: { manifest: manifestOf(secret("b")) },
        refuse: { [`POST ${namespace}/secrets`]: 'Secret "login" is invalid: data: Too long' },
      },
      [
        "ERROR Helm release web: Secret login: cannot be made: data: Too long | take the change back: npx krateo explain web",
      ],
    ],
    [
      "is nothing that it takes as a whole: that is put back before Helm comes",
      {
        installed: [service("web", 80)],
        live: [service("web", 99)],
        helm: { manifest: manifestOf(service("web", 80)) },
        refuse: { [`PATCH ${place("Service", "web")}`]: duplicate },
      },
      [
        'web: Service web cannot be merged (spec.ports[1].name: Duplicate value: "http"): it is set to its manifest as a whole',
      ],
    ],
    [
      "is told of a release that was asked for, too, where it is deleted and made again",
      {
        installed: [secret("a")],
        live: [secret("b")],
        step: { values: { size: 1 } },
        helm: { manifest: manifestOf(secret("a")) },
        reapply: ["web"],
        refuse: {
          [`PATCH ${place("Secret", "login")}`]: immutable,
          [`PUT ${place("Secret", "login")}`]: immutable,
        },
      },
      [
        'web: Secret login cannot be changed in place (type: Invalid value: "b": field is immutable): it is deleted and made again',
      ],
    ],
    [
      "is what the chart cannot render, without the secrets among its values",
      {
        installed: [],
        step: { values: { password: "hush-hush" } },
        helm: { fails: "template: web/x.yaml: error calling fail: no hush-hush here" },
      },
      [
        "ERROR Helm release web: Helm refuses the upgrade: template: web/x.yaml: error calling fail: no [secret] here | correct " +
          "the values of step install-web: npx krateo explain web says where they come from",
      ],
    ],
    [
      "cannot all be told without a helm, which is said",
      { installed: [set("1Gi")] },
      [
        "there is no helm on the PATH: what the API server would refuse of web is seen only during the upgrade",
      ],
    ],
    [
      "is cratedb's selector under another version of its chart, and its volumes, without a helm, too",
      {
        installed: [set("1Gi")],
        step: {
          release: { name: "web", namespace: "krateo-system" },
          chart: { name: "cratedb", version: "1.1.0", kind: "repository", url: "https://charts.example.org" },
          values: { volumeClaims: [{ spec: { storageClassName: "fast" } }] },
        },
      },
      [
        "ERROR Helm release web: StatefulSet web: cannot be changed in place: chart 1.1.0 after 1.0.0 changes its selector, " +
          "which holds the version; volumeClaims, size and class included, are fixed when it is made | take the change back, or " +
          "kubectl delete statefulset web -n krateo-system and then npx pulumi up: its pods go and are made again; its volumes " +
          "and their data stay, in the size and class that they have",
        "there is no helm on the PATH: what the API server would refuse of web is seen only during the upgrade",
      ],
    ],
  ];
  for (const [rule, given, expected] of cases) {
    it(rule, async () => assert.deepEqual(await found(given), expected));
  }
});
