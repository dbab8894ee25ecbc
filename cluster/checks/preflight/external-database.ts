/** Checks that your own PostgreSQL answers, with the TLS of the configuration. */
import type { V1Service } from "@kubernetes/client-node";
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";
import type { DatabaseAnswer } from "../../database-probe.ts";

/** Name and namespace of a Service, in a host name that only the cluster knows; undefined for any other host. */
export function serviceIn(host: string): { name: string; namespace: string } | undefined {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(\..+)?$/.exec(host) ?? [];
  return name && namespace ? { name, namespace } : undefined;
}

/**
 * Whether a PostgreSQL of the user's own answers, with the TLS that the settings ask for.
 *
 * @param answer Undefined: it was not asked, since its name is known in the cluster only.
 * @param services All Services of the cluster; undefined: they may not be listed.
 */
export function checkDatabase(
  { database }: Settings,
  answer: DatabaseAnswer | undefined,
  services: readonly V1Service[] | undefined,
): Check[] {
  if (!database) return [];
  const { host, port, sslMode } = database;
  const expected = `a PostgreSQL for sslmode ${sslMode}`;
  const base = { check: "database", subject: `${host}:${port}`, expected };
  const service = serviceIn(host);
  if (service) {
    const { name, namespace } = service;
    const there = services?.some(
      ({ metadata }) => metadata?.name === name && metadata.namespace === namespace,
    );
    if (there === undefined) return [];
    return [
      there
        ? { ...base, status: "OK", found: `Service ${namespace}/${name}`, next: "" }
        : {
            ...base,
            status: "ERROR",
            found: `there is no Service ${namespace}/${name}`,
            next: "correct krateo:database.host, or start the database first",
          },
    ];
  }
  if (answer === undefined) return [];
  if (typeof answer === "object") {
    return [
      {
        ...base,
        status: "WARNING",
        found: `not reached from here: ${answer.fault}`,
        next: `it is enough that pods reach it: kubectl run pg --rm -it --restart=Never --image=postgres -- pg_isready -h ${host} -p ${port}`,
      },
    ];
  }
  if (answer === "clear" && sslMode !== "disable") {
    return [
      {
        ...base,
        status: "ERROR",
        found: "it answers, and offers no TLS",
        next: "switch TLS on there, or set krateo:database.sslMode to disable, which sends the password in clear",
      },
    ];
  }
  return [
    { ...base, status: "OK", found: answer === "tls" ? "it answers, with TLS" : "it answers", next: "" },
  ];
}
