import type { ConfiguredRelease, ReleaseName } from "./known.ts";
import { identityOf, type LiveObject, type ObjectName } from "./objects.ts";
import type { LiveRelease, RemovalSurvey } from "./survey.ts";

/** A survey, sorted by whose things are. */
export interface RemovalContext {
  readonly survey: RemovalSurvey;
  /** Helm releases that the stack's destroy uninstalls. */
  readonly releases: readonly LiveRelease[];
  /** Those that a killed run began and the state does not know, last in the order of installation first. */
  readonly interrupted: readonly LiveRelease[];
  /** Both. */
  readonly going: readonly LiveRelease[];
  /** Releases of configured names that this stack did not install. */
  readonly foreign: readonly LiveRelease[];
  /** Configured releases that are gone or go now: what they leave behind is this program's to remove. */
  readonly departing: readonly ConfiguredRelease[];
  /** Live objects of the going releases' manifests that Helm deletes. */
  readonly manifest: readonly LiveObject[];
  readonly find: (name: ObjectName) => LiveObject | undefined;
}

export function removalContextOf(survey: RemovalSurvey): RemovalContext {
  const { stack, configured } = survey;
  const live = new Map(survey.objects.map((object) => [identityOf(object), object]));
  const find = (name: ObjectName): LiveObject | undefined => live.get(identityOf(name));
  const rank = (release: ReleaseName): number => configured.findIndex((other) => sameRelease(release, other));

  const releases = survey.releases.filter((release) => includes(stack.releases, release));
  const interrupted = survey.releases
    .filter((release) => includes(stack.interrupted, release) && !includes(stack.releases, release))
    .toSorted((one, other) => rank(other) - rank(one));
  const going = [...releases, ...interrupted];
  const foreign = survey.releases.filter((release) => rank(release) >= 0 && !going.includes(release));
  return {
    survey,
    releases,
    interrupted,
    going,
    foreign,
    departing: configured.filter((release) => !includes(foreign, release)),
    manifest: going.flatMap(({ manifest }) =>
      manifest.filter(({ kept }) => !kept).flatMap((name) => find(name) ?? []),
    ),
    find,
  };
}

export function sameRelease(one: ReleaseName, other: ReleaseName): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

function includes(names: readonly ReleaseName[], release: ReleaseName): boolean {
  return names.some((name) => sameRelease(name, release));
}
