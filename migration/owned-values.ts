/** Values of charts that Krateo 3.0.0 has to set itself, with what would go wrong. */
import type { Path } from "../model/settings.ts";

interface Owned {
  /** Charts it is about; all when left out. */
  readonly charts?: readonly string[];
  /** The end of the path, or the whole of it below a chart that is named. */
  readonly path: Path;
  readonly why: string;
}

const version = "3.0.0 owns the versions, and this chart comes with the image that it was made for";
const name = "the Services are found by their releases' names";
const key = "everybody who signs or checks a token must read the same key, that of Secret jwt-sign-key";
const handler =
  "the endpoint is made by the chart of finops-database-handler, in the installation's namespace";

const owned: readonly Owned[] = [
  { path: ["image", "tag"], why: version },
  { path: ["nameOverride"], why: name },
  { path: ["fullnameOverride"], why: name },
  { path: ["jwtSignKeySecretName"], why: key },
  { path: ["jwtSignKeySecret", "name"], why: key },
  { path: ["env", "JWT_SIGN_KEY"], why: key },
  {
    charts: ["authn"],
    path: ["env", "AUTHN_DUMP_ENV"],
    why: "authn would print its whole environment, the signing key included",
  },
  {
    charts: ["authn"],
    path: ["env", "URL_SNOWPLOW"],
    why: "3.0.0 sets it to snowplow's Service in the installation's namespace",
  },
  {
    charts: ["snowplow"],
    path: ["service", "port"],
    why: "authn and the presenters call snowplow at port 8081",
  },
  {
    charts: ["cratedb"],
    path: ["service", "httpPort"],
    why: "finops-database-handler calls CrateDB at port 4200",
  },
  {
    charts: ["finops-database-handler-uploader"],
    path: ["env", "FINOPS_DATABASE_HANDLER_ENDPOINT_NAME"],
    why: handler,
  },
  {
    charts: ["finops-database-handler-uploader"],
    path: ["env", "FINOPS_DATABASE_HANDLER_ENDPOINT_NAMESPACE"],
    why: handler,
  },
  {
    charts: ["finops-database-handler-uploader"],
    path: ["env", "DATABASE_CONFIG_NAMESPACE"],
    why: handler,
  },
];

/** Why 3.0.0 owns a value of a chart; undefined when it is the user's. */
export function ownedBecause(chart: string, path: Path): string | undefined {
  return owned.find(({ charts, path: end }) => {
    if (charts !== undefined && !charts.includes(chart)) return false;
    const tail = path.slice(-end.length);
    return tail.length === end.length && end.every((segment, index) => segment === tail[index]);
  })?.why;
}
