/** Checks changes of volumes by the values of known charts. */
import { knownChart } from "../../../components/catalogue.ts";
import type { FixedDescription } from "../../../components/description.ts";
import type { Check } from "../../../model/check.ts";
import { valueAt } from "../../../model/path.ts";
import { isMap } from "../../../model/secret-value.ts";
import type { Json, JsonObject } from "../../../model/settings.ts";
import type { Connection } from "../../client/connection.ts";
import { type ManifestObject, parseManifest } from "../../client/manifest.ts";
import { sizeOf } from "../../client/quantity.ts";
import { readLive } from "../../drift/live-object.ts";
import { valueDifferences } from "../../drift/value-difference.ts";
import type { PlannedUpgrade } from "./planned-upgrades.ts";
import { deletionText } from "./way-out.ts";

/**
 * What the values of known charts say about fields that no object may change, for where the new manifest is not at hand.
 * PostgreSQL's volumes are judged in any case: it is their operator, which may be away, that refuses to shrink them.
 */
export async function checkVolumes(
  connection: Connection,
  upgrade: PlannedUpgrade,
  hasManifest: boolean,
): Promise<Check[]> {
  const { step, live } = upgrade;
  const fixed = knownChart(step.chart.name)?.fixed;
  if (!fixed || (hasManifest && fixed.kind !== "Cluster")) return [];
  const object = parseManifest(live.manifest).find(({ kind }) => kind === fixed.kind);
  // What was deleted to make way is made anew.
  const found = object && (await readLive(connection, object, live.namespace)).live;
  return object && found ? rules[fixed.kind](upgrade, fixed, object, found) : [];
}

type Rule = (
  upgrade: PlannedUpgrade,
  fixed: FixedDescription,
  object: ManifestObject,
  found: JsonObject,
) => Check[];

const rules: Readonly<Record<FixedDescription["kind"], Rule>> = {
  StatefulSet: checkStatefulSet,
  Cluster: checkClusterStorage,
};

function checkStatefulSet(
  { step, live }: PlannedUpgrade,
  { selectorHoldsVersion, values = [] }: FixedDescription,
  set: ManifestObject,
): Check[] {
  const { version } = live.chart.metadata;
  const part = (values: unknown, key: string): JsonObject => ({
    [key]: (values as JsonObject)?.[key] ?? {},
  });
  const changed = values.filter(
    (key) => valueDifferences(part(step.values, key), part(live.config, key)).length > 0,
  );
  const reasons = [
    ...(selectorHoldsVersion && version !== step.chart.version
      ? [`chart ${step.chart.version} after ${version} changes its selector, which holds the version`]
      : []),
    ...changed.map((key) => `${key}, size and class included, are fixed when it is made`),
  ];
  if (reasons.length === 0) return [];
  return [
    {
      check: "upgrade",
      subject: `Helm release ${step.release.name}: StatefulSet ${set.metadata.name}`,
      status: "ERROR",
      found: `cannot be changed in place: ${reasons.join("; ")}`,
      expected: "a change that Kubernetes allows",
      next: deletionText(set, step.release.namespace),
    },
  ];
}

function checkClusterStorage(
  { step }: PlannedUpgrade,
  { growingVolumes = [] }: FixedDescription,
  cluster: ManifestObject,
  found: JsonObject,
): Check[] {
  const base = {
    check: "upgrade",
    subject: `Helm release ${step.release.name}: Cluster ${cluster.metadata.name}`,
  };
  return growingVolumes.flatMap((name): Check[] => {
    const before = mapAt(found, ["spec", name]);
    const after = mapAt(step.values, ["cluster", name]);
    const [size, wanted] = [sizeOf(before["size"]), sizeOf(after["size"])];
    const [storageClass, otherClass] = [before["storageClass"], after["storageClass"]];
    if (size !== undefined && wanted !== undefined && wanted < size) {
      const text = `${name} would shrink from ${before["size"]} to ${after["size"]}: its operator refuses that`;
      const next = `set cluster.${name}.size to ${before["size"]} or more: a smaller volume takes a new database and a restored backup`;
      return [{ ...base, status: "ERROR", found: text, expected: `${before["size"]} or more`, next }];
    }
    if (before["size"] !== undefined && otherClass !== undefined && otherClass !== storageClass) {
      const text = `${name} gets the class ${otherClass} in place of ${storageClass ?? "the cluster's default"}: volumes that are there keep theirs`;
      const next =
        "only new instances get it: for the others delete one instance's claim and pod after the other";
      return [{ ...base, status: "WARNING", found: text, expected: "the class of its volumes", next }];
    }
    return [];
  });
}

function mapAt(value: JsonObject, path: readonly string[]): JsonObject {
  const found = valueAt(value, path) as Json | undefined;
  return isMap(found) ? found : {};
}
