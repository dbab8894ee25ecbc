/**
 * What must be there before a step of Krateo 3.0.0 can start, and why. Edges join steps, not
 * components, so that whatever does not need each other runs at once. Steps of other documents are
 * not listed: they wait for everything that stands before them (plan.ts).
 */

/** A prerequisite that is no step of the document. */
export type Prerequisite =
  | "namespace"
  | "repair"
  | "cleanup"
  | "jwt-sign-key"
  | "krateo-db"
  | "krateo-db-user"
  | "database"
  | "notebooks-gone";

export interface Need {
  /** Id of a step, or a prerequisite. */
  readonly on: string;
  /** What goes wrong without it. */
  readonly why: string;
}

const signKey: Need = {
  on: "jwt-sign-key",
  why: "its pods read the signing key and stay in CreateContainerConfigError without it",
};
const databaseLogin: Need = {
  on: "krateo-db",
  why: "its pods read the database login and stay in CreateContainerConfigError without it",
};
const database: Need = {
  on: "database",
  why: "it opens its port only once PostgreSQL answers, and is killed at 225 s when that takes longer",
};

const service: (step: string) => Need = (step) => ({
  on: step,
  why: "its Helm release makes the Service that the Route leads to",
});

const published: (step: string) => Need = (step) => ({
  on: step,
  why: "it leads to that release's pods, and may hold a port that the chart's Service has to give up first",
});

/** Needs of the steps of Krateo 3.0.0, by step id. A step listed with none starts at once. */
export const needsOfSteps: Readonly<Record<string, readonly Need[]>> = {
  "install-authn": [signKey],
  "install-snowplow": [signKey],
  "install-cnpg": [],
  "install-pg-cluster": [
    { on: "install-cnpg", why: "the operator brings the Cluster and Database kinds and admits them" },
    { on: "krateo-db-user", why: "the Cluster takes the password of its database role from it" },
  ],
  "install-deviser": [database, databaseLogin],
  "install-resources-ingester": [
    { on: "install-deviser", why: "it stops when the table that deviser makes is missing" },
    databaseLogin,
  ],
  "install-resources-presenter": [database, databaseLogin, signKey],
  "install-events-ingester": [database, databaseLogin],
  "install-events-presenter": [database, databaseLogin, signKey],
  "install-frontend": [],
  "install-portal": [
    { on: "install-authn", why: "it brings the User kind that the portal's accounts are made of" },
    { on: "install-snowplow", why: "it brings the RESTAction kind that the portal's pages call" },
    { on: "install-frontend", why: "it brings the widget kinds that the portal's pages are made of" },
  ],
  "install-core-provider": [],
  "install-oasgen-provider": [],
  "install-finops-cratedb": [],
  "install-finops-operator-exporter": [],
  "install-finops-operator-focus": [],
  "install-finops-database-handler": [
    { on: "install-finops-operator-exporter", why: "it brings the DatabaseConfig kind" },
    {
      // D4: upstream does not wait for cratedb, whose pod writes the login when it has started.
      on: "install-finops-cratedb",
      why: "the chart looks its login up while it is rendered, and silently leaves the endpoint out without it",
    },
  ],
  "install-finops-database-handler-uploader": [
    { on: "install-finops-database-handler", why: "it writes to the handler's endpoint" },
  ],
  "install-finops-notebooks": [
    {
      on: "notebooks-gone",
      why: "on removal the uploader must outlive the notebooks, whose finalizer it clears",
    },
  ],
  "install-finops-operator-scraper": [],
  "install-opa": [],
  "expose-authn": [service("install-authn")],
  "expose-snowplow": [service("install-snowplow")],
  "expose-events-presenter": [service("install-events-presenter")],
  "expose-frontend": [service("install-frontend")],
  "publish-snowplow": [published("install-snowplow")],
  "publish-events-presenter": [published("install-events-presenter")],
  "publish-resources-presenter": [published("install-resources-presenter")],
};

/**
 * Gates: waits that are no Helm release, each behind the step that makes it meaningful. D9: upstream takes the release of
 * pg-cluster for the database, and the services that need it are killed while they wait for PostgreSQL.
 */
export const gates: Readonly<Record<"database" | "notebooks-gone", Need>> = {
  database: {
    on: "install-pg-cluster",
    why: "Helm's own wait knows nothing of PostgreSQL: the release is deployed long before it answers",
  },
  "notebooks-gone": {
    on: "install-finops-database-handler-uploader",
    why: "it brings the Notebook kind, and clears the notebooks' finalizer on removal",
  },
};
