/** Compares what was observed with the settings, check by check. */
import { knownChart } from "../../../components/catalogue.ts";
import type { MadeSecret } from "../../../components/description.ts";
import { secretKeys, secretNames } from "../../../components/secrets.ts";
import type { Check } from "../../../model/check.ts";
import { damagedCheck } from "../../../model/helm-record.ts";
import { releaseKey } from "../../../model/inventory.ts";
import { holdsNull } from "../../../model/nulls.ts";
import { pathText } from "../../../model/path.ts";
import { unusableKeys } from "../../../model/secret-content.ts";
import type { ChartStep, JsonObject, Settings } from "../../../model/settings.ts";
import { concerns } from "../../../plan/concerned-records.ts";
import { secretNamesOf } from "../../../plan/database-secrets.ts";
import { reapplyCommand } from "../../../plan/reapply.ts";
import { disagreementOf } from "../../../plan/secret-problems.ts";
import { missingOf } from "../../database.ts";
import { holderOf } from "../../drift/field-holder.ts";
import { snapshotDrift } from "../../drift/snapshot-drift.ts";
import { chartSteps, type Observation } from "../../observation.ts";
import { checkEndpoints } from "./endpoint-checks.ts";
import { checkOwnServices } from "./own-service-checks.ts";
import { checkWorkloads, restore } from "./workload-checks.ts";

const again = "npx pulumi up";

/** Of something that the state may still have: only a refresh tells the engine that it is gone, or another. */
const anew = `${again} --refresh`;

/**
 * Judges what was observed by what the settings say, check by check; the order is that of the report. The kinds of
 * checks: snapshot, release, workload, configuration, database, secret, endpoint.
 */
export function verify(settings: Settings, observed: Observation): Check[] {
  return [
    checkSnapshot(settings, observed),
    ...chartSteps(settings).flatMap((step) => checkRelease(settings, step, observed)),
    ...checkRecords(settings, observed),
    ...checkWorkloads(settings, observed),
    ...checkConfigurations(observed),
    ...checkDatabases(observed),
    ...checkSecrets(settings, observed),
    ...checkEndpoints(settings, observed),
    ...checkOwnServices(settings, observed),
  ];
}

function checkSnapshot({ snapshot, namespace }: Settings, { installation }: Observation): Check {
  const base = {
    check: "snapshot",
    subject: "Installation krateoctl",
    expected: snapshot.installationVersion,
  };
  if (!installation) {
    return { ...base, status: "ERROR", found: `none in namespace ${namespace}`, next: anew };
  }
  const paths = snapshotDrift(snapshot, installation).differences.map(({ path }) => path);
  if (paths.length === 0) return { ...base, status: "OK", found: snapshot.installationVersion, next: "" };
  const [holder] = paths.flatMap(
    (path) => holderOf(["spec", "spec", path[0] ?? ""], null, installation as unknown as JsonObject) ?? [],
  );
  const by = holder ? `, set by ${holder.manager}${holder.since ? ` since ${holder.since}` : ""}` : "";
  const shown = paths.slice(0, 3).map(pathText).join(", ");
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  return {
    ...base,
    status: "ERROR",
    found: `differs at ${shown}${more}${by}`,
    // As an earlier version stored it: the provider would not survive a refresh, and needs none.
    next: `${holdsNull(installation.spec?.spec) ? again : anew}, if this configuration is right`,
  };
}

function checkRelease(settings: Settings, step: ChartStep, observed: Observation): Check[] {
  const { releases } = observed;
  const { name, namespace } = step.release;
  const release = releases.get(`${namespace}/${name}`);
  const base = { check: "release", subject: name };
  if (!step.enabled) {
    const taken = chartSteps(settings).some(
      (other) => other.enabled && other.release.name === name && other.release.namespace === namespace,
    );
    if (!release || taken) return [];
    const next = `${again} (component ${step.component} is switched off), or helm uninstall ${name} -n ${namespace}`;
    return [{ ...base, status: "ERROR", found: describe(release), expected: "none", next }];
  }
  const pinned = [step.chart.name, step.chart.version].filter(Boolean).join(" ");
  const expected = `${pinned} deployed`;
  if (!release && damagedOf(step, observed)) return [];
  if (!release) return [{ ...base, status: "ERROR", found: "none", expected, next: anew }];
  const { metadata } = release.chart;
  const right =
    (step.chart.name === "" || metadata.name === step.chart.name) &&
    (step.chart.version === "" || metadata.version === step.chart.version) &&
    release.info.status === "deployed";
  // No run touches a release of another chart.
  const isForeign = step.chart.name !== "" && metadata.name !== step.chart.name;
  const away = `give the step another releaseName, or, if it is yours, helm uninstall ${name} -n ${namespace}`;
  const next = right ? "" : isForeign ? away : restore(settings, release);
  return [{ ...base, status: right ? "OK" : "ERROR", found: describe(release), expected, next }];
}

/** Records that nobody can read: of one that matters nothing else can be said. */
function checkRecords(settings: Settings, { damaged = [] }: Observation): Check[] {
  const concerned = concerns(settings);
  return damaged.map((record) => damagedCheck(record, concerned(record)));
}

function damagedOf({ release }: ChartStep, { damaged = [] }: Observation): boolean {
  return damaged.some((one) => one.release === release.name && one.namespace === release.namespace);
}

function describe({
  chart,
  info,
}: {
  chart: { metadata: { name: string; version: string } };
  info: { status: string };
}) {
  return `${chart.metadata.name} ${chart.metadata.version} ${info.status}`;
}

/** One check for each workload whose pods go on with an old configuration; ready as they are, nothing else shows it. */
function checkConfigurations({ outdated }: Observation): Check[] {
  return outdated.map(({ kind, name, configMap, changedAt, startedAt }) => ({
    check: "configuration",
    subject: `${kind} ${name}`,
    status: "ERROR",
    found: `a pod started ${startedAt}, before ConfigMap ${configMap} was changed ${changedAt}`,
    expected: "pods that have read it",
    next: `${again}: it restarts them`,
  }));
}

function checkDatabases({ clusters, databases }: Observation): Check[] {
  return [...clusters].map(([key, cluster]) => {
    const { name, namespace } = cluster.metadata;
    const own = databases.filter(
      (database) => database.spec.cluster.name === name && database.metadata.namespace === namespace,
    );
    const missing = missingOf(cluster, own);
    const expected = ["Ready", ...own.map((database) => `${database.spec.name} applied`)].join(", ");
    return {
      check: "database",
      subject: `Cluster ${key}`,
      status: missing ? "ERROR" : "OK",
      found: missing ?? expected,
      expected,
      next: missing ? `kubectl describe clusters.postgresql.cnpg.io ${name} -n ${namespace}` : "",
    };
  });
}

/** Secrets that the containers or templates of the Helm releases make, each with the release that does. */
function madeSecrets(settings: Settings): (MadeSecret & { readonly step: ChartStep })[] {
  return chartSteps(settings)
    .filter((step) => step.enabled)
    .flatMap((step) => (knownChart(step.chart.name)?.makesSecrets ?? []).map((made) => ({ ...made, step })));
}

function checkSecrets(settings: Settings, { secrets }: Observation): Check[] {
  const wanted = [
    ...secretNamesOf(settings).map((name) => ({ name, keys: secretKeys[name] })),
    ...madeSecrets(settings),
  ];
  const checks = wanted.map(({ name, keys }): Check => {
    const content = secrets.get(name);
    const held = content && [...Object.keys(content.data), ...(content.binary ?? [])].sort();
    const unusable = content ? unusableKeys(content, keys) : ["none"];
    return {
      check: "secret",
      subject: `Secret ${name}`,
      status: unusable.length > 0 ? "ERROR" : "OK",
      found: [...(held ? [`keys ${held.join(", ") || "none"}`] : []), ...unusable].join("; "),
      expected: `keys ${keys.join(", ")}`,
      next: unusable.length > 0 ? remedy(settings, name, content !== undefined) : "",
    };
  });
  const differing = disagreementOf(settings, Object.fromEntries(secrets));
  if (differing !== undefined) {
    checks.push({
      check: "secret",
      subject: "Secrets krateo-db, krateo-db-user",
      status: "ERROR",
      found: `different ${differing}`,
      expected: "the same user and password",
      next: "make them agree: services log in with krateo-db, PostgreSQL expects krateo-db-user",
    });
  }
  return checks;
}

function remedy(settings: Settings, name: string, isThere: boolean): string {
  const { namespace, secrets } = settings;
  if (secrets === "external" && secretNames.some((one) => one === name))
    return "the provider of the Secrets must set them";
  const made = madeSecrets(settings).find((one) => one.name === name);
  if (made?.madeBy) return `kubectl logs ${made.madeBy} -n ${namespace}`;
  if (made) return reapplyCommand(releaseKey(made.step.release, namespace));
  // The keys of a Secret that is there are never touched.
  return isThere ? `kubectl edit secret ${name} -n ${namespace}: up never changes what it holds` : anew;
}
