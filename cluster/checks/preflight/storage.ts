/** Checks that a StorageClass can make the volumes. */
import type { V1StorageClass } from "@kubernetes/client-node";
import { knownChart } from "../../../components/catalogue.ts";
import type { Check } from "../../../model/check.ts";
import { type Inventory, releaseKey } from "../../../model/inventory.ts";
import { valueAt } from "../../../model/path.ts";
import type { ChartStep, Settings } from "../../../model/settings.ts";
import { chartStepsOf } from "../../../plan/plan.ts";

/**
 * Whether volumes that are still to be made can be made. Those of a release that exists are there already.
 *
 * @param storageClasses Undefined: they may not be listed.
 */
export function checkStorage(
  settings: Settings,
  inventory: Inventory,
  storageClasses: readonly V1StorageClass[] | undefined,
): Check[] {
  if (!storageClasses) return [];
  const needs = chartStepsOf(settings)
    .filter(({ release }) => !inventory.releases[releaseKey(release, settings.namespace)])
    .flatMap((step) => classesNeeded(step).map((name) => ({ name, release: step.release.name })));
  return [...new Set(needs.map(({ name }) => name))].map((name) => {
    const users = [...new Set(needs.filter((need) => need.name === name).map(({ release }) => release))];
    return checkClass(name, users, storageClasses);
  });
}

/** Storage classes that a chart's volumes ask for; "" stands for the cluster's default. */
function classesNeeded({ chart, values }: ChartStep): string[] {
  return (knownChart(chart.name)?.volumes ?? []).flatMap(({ at, storageClass, optional }) => {
    const given = valueAt(values, at);
    if (optional && valueAt(given, ["enabled"]) !== true) return [];
    const volumes = Array.isArray(given) ? given : [given];
    return volumes.map((volume) => {
      const name = valueAt(volume, storageClass);
      return typeof name === "string" ? name : "";
    });
  });
}

function checkClass(name: string, users: readonly string[], classes: readonly V1StorageClass[]): Check {
  const found =
    name === "" ? defaultStorageClass(classes) : classes.find(({ metadata }) => metadata?.name === name);
  const known = classes.map(({ metadata }) => metadata?.name).join(", ");
  const base = {
    check: "storage",
    subject: name === "" ? "default StorageClass" : `StorageClass ${name}`,
    expected: `one for the volumes of ${users.join(", ")}`,
  };
  if (!found) {
    const missing = name === "" ? "none is marked as default" : "does not exist";
    return {
      ...base,
      status: "ERROR",
      found: `${missing}; ${known ? `there are ${known}` : "there is none at all"}`,
      next:
        name === ""
          ? "mark one: kubectl annotate --overwrite storageclass NAME storageclass.kubernetes.io/is-default-class=true"
          : "name another one in the values, or create it",
    };
  }
  if (found.provisioner === "kubernetes.io/no-provisioner") {
    return {
      ...base,
      status: "WARNING",
      found: `${found.metadata?.name} makes no volumes by itself`,
      next: "make sure that enough PersistentVolumes of it are free",
    };
  }
  return { ...base, status: "OK", found: `${found.metadata?.name} (${found.provisioner})`, next: "" };
}

/**
 * The class that the API server gives a claim without one, as its admission plugin DefaultStorageClass chooses it: marked by
 * either annotation; of several the newest, of equally old ones the first by name.
 */
export function defaultStorageClass(classes: readonly V1StorageClass[]): V1StorageClass | undefined {
  const age = ({ metadata }: V1StorageClass): number => new Date(metadata?.creationTimestamp ?? 0).getTime();
  const name = ({ metadata }: V1StorageClass): string => metadata?.name ?? "";
  return classes
    .filter(isDefault)
    .toSorted((one, other) => age(other) - age(one) || (name(one) < name(other) ? -1 : 1))[0];
}

function isDefault({ metadata }: V1StorageClass): boolean {
  return defaultAnnotations.some((annotation) => metadata?.annotations?.[annotation] === "true");
}

const defaultAnnotations = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];
