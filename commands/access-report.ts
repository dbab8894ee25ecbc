/** Formats the result of `krateo access`. */
import { styleText } from "node:util";
import type { LiveAccess } from "../cluster/access/access.ts";
import { type Finding, hostsLines, outcomeText, reachable } from "../cluster/access/findings.ts";
import type { ProbedEndpoint } from "../cluster/access/probes.ts";
import { amount } from "../model/amount.ts";
import { placeOf } from "./place.ts";
import { plainTable } from "./plain-table.ts";

/** What `krateo access` found. */
export interface AccessReport {
  readonly server: string;
  readonly live: LiveAccess;
  readonly endpoints: readonly ProbedEndpoint[];
  readonly findings: readonly Finding[];
  /** Shell command that prints the admin user's password. */
  readonly passwordCommand: string;
}

/** Whether the page works from here: every endpoint answers, and nothing is wrong with what the browser is told. */
export function allReachable({ endpoints, findings }: AccessReport): boolean {
  return endpoints.every(reachable) && !findings.some(({ level }) => level === "ERROR");
}

/** What a script reads. */
export function accessJson(report: AccessReport): string {
  const { server, live, endpoints, findings, passwordCommand } = report;
  const result = {
    reachable: allReachable(report),
    namespace: live.namespace,
    server,
    endpoints: endpoints.map((endpoint) => ({
      name: endpoint.name,
      url: endpoint.url ?? null,
      source: endpoint.source,
      reachable: reachable(endpoint),
      probe: endpoint.probe ?? null,
      told: Object.fromEntries(endpoint.configured.map(({ key, url }) => [key, url ?? null])),
    })),
    admin: { user: "admin", secretExists: live.adminPassword ?? null, passwordCommand },
    findings,
    hosts: hostsLines(endpoints),
  };
  return JSON.stringify(result, undefined, 2);
}

/** The tables, what to do about each finding, and the verdict as the last line. */
export function accessText(report: AccessReport, colours: boolean): string {
  const paint = (colour: "green" | "yellow" | "red", text: string): string =>
    colours ? styleText(colour, text, { validateStream: false }) : text;
  const { live, endpoints, findings, server } = report;
  const rows = endpoints.map((endpoint) => [
    endpoint.chart,
    endpoint.url ?? "none",
    endpoint.source,
    endpoint.probe
      ? paint(reachable(endpoint) ? "green" : "red", reachability(endpoint))
      : paint("red", "not reachable"),
  ]);
  const todo = findings.flatMap(({ level, subject, what, next }) => [
    `${paint(level === "ERROR" ? "red" : "yellow", level)} ${subject}: ${what}`,
    `  next: ${next}`,
  ]);
  const hosts = hostsLines(endpoints);
  const count = endpoints.filter(reachable).length;
  const errors = findings.filter(({ level }) => level === "ERROR").length;
  const verdict = allReachable(report) ? paint("green", "OK") : paint("red", "ERROR");
  return [
    plainTable(["ENDPOINT", "URL", "FROM", "FROM HERE"], rows),
    ...certificates(endpoints),
    "",
    ...loginLines(report),
    "",
    ...(todo.length > 0 ? [...todo, ""] : []),
    ...(hosts.length > 0
      ? [
          "lines for the hosts file of a machine that has no DNS record:",
          ...hosts.map((line) => `  ${line}`),
          "",
        ]
      : []),
    `${verdict}: ${count} of ${amount(endpoints.length, "endpoint")} reachable from here, ${amount(errors, "error")} ${placeOf({ namespace: live.namespace, server })}`,
  ].join("\n");
}

function reachability({ probe }: ProbedEndpoint): string {
  if (!probe) return "";
  if (probe.outcome === "certificate") return "TLS error";
  return outcomeText(probe);
}

/** One line per host that showed a certificate. */
function certificates(endpoints: readonly ProbedEndpoint[]): string[] {
  const rows = endpoints.flatMap(({ url, probe }) => {
    const found = probe?.certificate;
    if (!found || !url) return [];
    const trusted = found.trusted ? "yes" : `no: ${found.untrustedBecause}`;
    const expires = `${found.expires.slice(0, 10)}${found.expired ? ", expired" : ""}`;
    return [
      [
        new URL(url).hostname,
        found.issuer,
        expires,
        trusted,
        found.hostMatches ? "yes" : `no: ${found.subject}`,
      ],
    ];
  });
  return rows.length > 0
    ? ["", plainTable(["HOST", "ISSUER", "EXPIRES", "TRUSTED HERE", "FOR THIS HOST"], rows)]
    : [];
}

function loginLines({ live, passwordCommand }: AccessReport): string[] {
  if (live.adminPassword === false)
    return ["login: there is no Secret admin-password; chart portal makes it, with the user admin"];
  return ["login: user admin; this prints the password:", `  ${passwordCommand}`];
}
