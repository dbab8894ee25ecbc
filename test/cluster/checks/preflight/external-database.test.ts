import type { DatabaseAnswer } from "../../../../cluster/database-probe.ts";
import type { ExternalDatabase } from "../../../../model/settings.ts";
import { portHolder } from "../../../support/cluster-reading.ts";
import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of a database of the user's own", () => {
    const host = "db.example.org";
    const database =
      (answer: DatabaseAnswer | undefined, given: Partial<ExternalDatabase> = {}) =>
      () =>
        found(
          "database",
          [],
          { database: answer, services: [portHolder("pg", 1, { namespace: "data" })] },
          { settings: { database: { host, port: 5432, name: "krateo-db", sslMode: "require", ...given } } },
        );
    cases([
      ["says nothing where there is none", () => found("database", []), []],
      ["takes one with TLS", database("tls"), [["OK", `${host}:5432`, "it answers, with TLS"]]],
      [
        "refuses one without TLS where that is asked for",
        database("clear"),
        [["ERROR", `${host}:5432`, "it answers, and offers no TLS"]],
      ],
      [
        "takes one without TLS where that is agreed",
        database("clear", { sslMode: "disable" }),
        [["OK", `${host}:5432`, "it answers"]],
      ],
      [
        "only warns of one that this machine does not reach: pods may",
        database({ fault: "connection refused" }),
        [["WARNING", `${host}:5432`, "not reached from here: connection refused"]],
      ],
      [
        "looks for the Service where the name is one",
        database(undefined, { host: "pg.data.svc.cluster.local" }),
        [["OK", "pg.data.svc.cluster.local:5432", "Service data/pg"]],
      ],
      [
        "refuses a Service that is not there",
        database(undefined, { host: "pg.old.svc" }),
        [["ERROR", "pg.old.svc:5432", "there is no Service old/pg"]],
      ],
    ]);
  });
});
