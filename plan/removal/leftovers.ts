/** What stays in the cluster after Helm has uninstalled the releases, and is removed after it. */
import { postgresGroup } from "../../components/cnpg.ts";
import type { LeftoverDescription } from "../../components/description.ts";
import { type RemovalContext, sameRelease } from "./context.ts";
import {
  bearsReleaseOf,
  type ConfiguredRelease,
  constraintsKind,
  finalizersOf,
  isClaimed,
  isOfHook,
  knownLeftovers,
  whyLeft,
} from "./known.ts";
import { identityOf, isCrd, type LiveObject, objectText } from "./objects.ts";
import type { Retained } from "./retained.ts";

export interface Leftover {
  readonly object: LiveObject;
  /** Release that left it. */
  readonly release: ConfiguredRelease;
  readonly why: string;
  /** Finalizers that nobody else takes away any more. */
  readonly frees: readonly string[];
  /** True for an object that says itself whose it is. */
  readonly marked: boolean;
}

interface Verdict {
  readonly why: string;
  readonly known?: LeftoverDescription;
}

/**
 * Leftovers of the releases that go or are gone. An object counts when it says whose it is, when the record of a
 * release that still exists names it as a hook or as kept, or when it bears a known name, nobody claims it, and it is
 * made as that one is.
 *
 * @param others Objects that go in another way, or are decided about elsewhere.
 */
export function leftoversOf(
  context: RemovalContext,
  others: readonly LiveObject[],
  purgeData: boolean,
): { leftovers: Leftover[]; retained: Retained[] } {
  const elsewhere = new Set([...context.manifest, ...others]);
  const leftovers: Leftover[] = [];
  const retained: Retained[] = [];
  for (const object of context.survey.objects) {
    if (elsewhere.has(object) || object.kind === "PersistentVolumeClaim" || isCnpg(object)) continue;
    for (const release of context.departing) {
      const verdict = verdictOn(context, object, release);
      if (!verdict) continue;
      const stay = retainedAs(context, object, release, verdict, purgeData);
      if (stay) retained.push(stay);
      else {
        const frees = object.finalizers.filter((one) => finalizersOf(release.chart).includes(one));
        const marked = bearsReleaseOf(object, release);
        leftovers.push({ object, release, why: verdict.why, frees, marked });
      }
      break;
    }
  }
  return { leftovers, retained };
}

/** CloudNativePG's definitions and their objects have rules of their own. */
function isCnpg({ apiVersion, kind, name }: LiveObject): boolean {
  if (apiVersion.startsWith(`${postgresGroup}/`)) return true;
  return isCrd({ apiVersion, kind, name }) && name.endsWith(`.${postgresGroup}`);
}

function verdictOn(
  context: RemovalContext,
  object: LiveObject,
  release: ConfiguredRelease,
): Verdict | undefined {
  const bears = bearsReleaseOf(object, release);
  const known = knownLeftovers(release).find(
    (one) =>
      one.kind === object.kind &&
      one.name === object.name &&
      (object.namespace ?? release.namespace) === release.namespace,
  );
  const live = context.going.find((other) => sameRelease(release, other));
  const identity = identityOf(object);
  // One that Helm has deleted since may have a namesake.
  if (isOfHook(object) && live?.hooks.some((hook) => identityOf(hook) === identity)) {
    return { why: whyLeft.hook, known };
  }
  if (live?.manifest.some((entry) => entry.kept && identityOf(entry) === identity)) {
    return { why: "kept, as its chart asks", known };
  }
  if (known && (bears || (!isClaimed(object) && isMadeAs(known, object, release, context))))
    return { why: whyLeft[known.maker], known };
  // What has an owner goes with it.
  if (!bears || object.owners.length > 0) return undefined;
  return { why: live ? "bears its name, but is none of its objects" : "its release is gone" };
}

/** Whether an object of a known name, which says nothing of itself, can be the release's. */
function isMadeAs(
  known: LeftoverDescription,
  object: LiveObject,
  release: ConfiguredRelease,
  context: RemovalContext,
): boolean {
  if (known.maker === "hook") return isOfHook(object);
  if (known.constraints === undefined || object.namespace !== undefined) return true;
  if (object.usedBy?.includes(`namespace ${release.namespace}`)) return true;
  // Bound by nobody any more, it may be of constraints that somebody else has.
  const constraints = context.survey.objects.find(
    ({ kind, name }) => kind === constraintsKind && name === known.constraints,
  );
  return object.usedBy?.length === 0 && (!constraints || bearsReleaseOf(constraints, release));
}

/** Why a leftover is not removed; undefined when it is. */
function retainedAs(
  context: RemovalContext,
  object: LiveObject,
  release: ConfiguredRelease,
  { known }: Verdict,
  purgeData: boolean,
): Retained | undefined {
  const what = objectText(object);
  if (known?.volume && !purgeData) {
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", name: known.volume };
    if (context.find({ ...claim, namespace: release.namespace })) {
      return { what, why: `it is the login to the data in volume ${known.volume}` };
    }
  }
  if (object.namespace !== undefined) return undefined;
  const { elsewhere } = context.survey;
  // Those whose users are known are decided by these.
  if (elsewhere === "unreadable" && !object.usedBy?.length) {
    const why =
      "another namespace may use it, and this account may not list the Secrets of all namespaces, which would tell";
    return { what, why };
  }
  const users = [
    ...((elsewhere !== "unreadable" && elsewhere[release.name]) || []).map(
      (namespace) => `namespace ${namespace}`,
    ),
    ...(object.usedBy ?? []).filter((user) => user !== `namespace ${release.namespace}`),
  ];
  if (users.length === 0) return undefined;
  return { what, why: `it is used by ${[...new Set(users)].join(", ")}` };
}
