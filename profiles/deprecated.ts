/**
 * What Krateo 3.0.0 has no place for any more: an event service of Krateo 2.7.0 keeps node port 30083
 * and the others act on resources that 3.0.0 manages otherwise.
 */

/** Names under which those releases, and their charts, are known. */
export const deprecatedReleases: readonly string[] = [
  "eventrouter",
  "eventsse",
  "eventsse-etcd",
  "finops-composition-definition-parser",
  "sweeper",
];
