/** Rights as RBAC has them: what may be done with the objects of one kind, and why. */

/** What an account is for. Each may do all that the ones before it may. */
export const purposes = ["verify", "operate", "install", "migrate"] as const;
export type Purpose = (typeof purposes)[number];

export interface Right {
  /** API group; empty for the core. */
  readonly group: string;
  /** Plural, as RBAC names it, a subresource behind a slash; `*`: every kind of the group. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Undefined: in the whole cluster. */
  readonly namespace?: string;
  /** Names of the only objects that it is about; undefined: all. */
  readonly names?: readonly string[];
  /** What it is needed for, as a sentence without a full stop. */
  readonly why: string;
}

/** On every object that gives an account its rights, with the purpose: none of them is a user's work. */
export const rightsLabel = "krateo.io/rights";

/** Whether an account for one purpose has a right that another one needs first. */
export function includes(account: Purpose, needed: Purpose): boolean {
  return purposes.indexOf(account) >= purposes.indexOf(needed);
}
