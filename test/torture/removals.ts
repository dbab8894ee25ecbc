/** Judges what was removed from the cluster by what was asked for. No cluster. */
import type { Revision } from "./helm-records.ts";

/** A removal in the API server's audit log. */
export interface Removal {
  /** Plural name of its kind, as `deployments`. */
  readonly resource: string;
  readonly name: string;
}

/** What may be removed. */
export interface Listed {
  /** Revisions that there were at some time since the last judgement. */
  readonly before: readonly Revision[];
  /** Latest revisions that there are now. */
  readonly now: ReadonlyMap<string, Revision>;
  /** Helm releases whose removal a plan lists. */
  readonly releases: ReadonlySet<string>;
  /** Other objects whose removal a plan lists, by name. */
  readonly objects: ReadonlySet<string>;
}

/** The name by which the API serves a kind: `ingresses`, `networkpolicies`, `deployments`. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith("s")) return `${name}es`;
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Those of the removals that no plan lists. */
export function unlisted(removals: readonly Removal[], listed: Listed): Removal[] {
  const { before, now, releases, objects } = listed;
  const may = new Set<string>();
  for (const { release, objects: made, hooks } of before) {
    for (const object of hooks) may.add(key(object));
    const stays = new Set(now.get(release)?.objects);
    for (const object of made) if (releases.has(release) || !stays.has(object)) may.add(key(object));
  }
  return removals.filter(({ resource, name }) => {
    const record = /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/.exec(name);
    if (record) {
      const [, release = "", revision] = record;
      // Helm keeps a limited number of revisions.
      return !releases.has(release) && !(Number(revision) < (now.get(release)?.revision ?? 0));
    }
    return !may.has(`${resource} ${name}`) && !objects.has(name);
  });
}

function key(object: string): string {
  const [kind = "", name = ""] = object.split(" ");
  return `${pluralOf(kind)} ${name}`;
}

interface PlanStep {
  readonly op: string;
  readonly oldState?: {
    readonly type: string;
    readonly inputs?: { readonly name?: string; readonly metadata?: { readonly name?: string } };
  };
}

/** The removals that the JSON of a `pulumi preview` lists. */
export function plannedRemovals(preview: string): { releases: string[]; objects: string[] } {
  const { steps }: { steps: readonly PlanStep[] } = JSON.parse(preview);
  const gone = steps.filter(({ op }) => op === "delete" || op.includes("replace"));
  const releases = gone.flatMap(({ oldState }) =>
    oldState?.type === "kubernetes:helm.sh/v3:Release" ? [oldState.inputs?.name ?? ""] : [],
  );
  const objects = gone.flatMap(({ oldState }) => oldState?.inputs?.metadata?.name ?? []);
  return { releases, objects };
}
