import type { Check } from "./check.ts";
import { type Problem, sentenceOf } from "./problem.ts";

/** The latest record of a Helm release, when nobody can read it. Helm itself passes over such a one without a word. */
export interface DamagedRecord {
  /** Name of the Secret that holds it. */
  readonly secret: string;
  readonly namespace: string;
  /** Release and revision that its labels name. */
  readonly release: string;
  readonly revision: number;
  /** What is wrong with it, as the end of a sentence. Never what it holds. */
  readonly reason: string;
  /** The latest earlier revision that can be read; undefined when there is none. */
  readonly whole?: number;
}

/** Which damaged record in one sentence. */
export function damagedText({ secret, namespace, release, revision, reason }: DamagedRecord): string {
  return `the record of Helm release ${release}, revision ${revision}, cannot be read: Secret ${namespace}/${secret} ${reason}`;
}

/** How a damaged record of a release of ours is mended, as a sentence with the commands. */
export function damagedRemedy({ secret, namespace, whole }: DamagedRecord): string {
  const removal = `kubectl delete secret ${secret} -n ${namespace}`;
  return whole === undefined
    ? `put the Secret back from a backup; without one: ${removal}, then npx pulumi up --refresh: Helm installs anew over the objects that are there, which are marked as this release's`
    : `put the Secret back from a backup; without one: ${removal}; revision ${whole}, which is whole, then counts as the latest, and npx krateo diff names what puts the rest right`;
}

/** What to know of a damaged record that is none of this program's. */
export function damagedNote(record: DamagedRecord): Problem {
  const { release, namespace } = record;
  return {
    what: damagedText(record),
    next: `it was passed over, as Helm does: the owner of release ${release} in namespace ${namespace} should restore it or delete it`,
  };
}

/** The same in one sentence. */
export function damagedWarning(record: DamagedRecord): string {
  return sentenceOf(damagedNote(record));
}

/** A damaged record of a release of ours, as a reason to stop. */
export function damagedProblem(record: DamagedRecord): Problem {
  return { what: damagedText(record), next: damagedRemedy(record) };
}

/**
 * A damaged record in a report of checks.
 *
 * @param concerned It is of a release that matters.
 */
export function damagedCheck(record: DamagedRecord, concerned: boolean): Check {
  const { release, namespace, revision, secret, reason } = record;
  return {
    check: "helm record",
    subject: `Helm release ${release}`,
    status: concerned ? "ERROR" : "WARNING",
    found: `revision ${revision} cannot be read: Secret ${namespace}/${secret} ${reason}`,
    expected: "a record that can be read",
    next: concerned
      ? damagedRemedy(record)
      : "it was passed over, as Helm does; the owner of the release should restore the Secret or delete it",
  };
}
