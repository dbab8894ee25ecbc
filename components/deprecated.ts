/**
 * Helm releases of Krateo 2.7.0 that 3.0.0 has no place for, with the chart that each is of, in the order of their
 * removal: who uses something goes before it. Service eventsse-external holds node port 30083, which
 * events-presenter needs; the others act on resources that 3.0.0 manages otherwise.
 */
export const deprecatedReleases: readonly { readonly name: string; readonly chart: string }[] = [
  { name: "finops-composition-definition-parser", chart: "finops-composition-definition-parser" },
  { name: "sweeper", chart: "sweeper" },
  { name: "eventsse", chart: "eventsse" },
  { name: "eventsse-etcd", chart: "etcd" },
  { name: "eventrouter", chart: "eventrouter" },
];

/** The Helm releases of 2.7.0's own installer, in the order of their removal: the kind goes after its objects. */
export const installerReleases: readonly { readonly name: string; readonly chart: string }[] = [
  { name: "installer", chart: "installer" },
  { name: "installer-crd", chart: "installer-crd" },
];

/** Names of all Helm releases of Krateo 2.7.0 that are looked for. */
export const legacyReleases: readonly string[] = [...deprecatedReleases, ...installerReleases].map(
  ({ name }) => name,
);

/** Accounts that installers ran Helm under, the bindings that make them cluster-admin, and a Job that stays. */
export const legacyRunner = {
  account: "helm-runner",
  binding: "helm-runner-cluster-admin",
  job: "krateo-pre-upgrade-2-7-0",
} as const;
export const legacyCleaner = {
  account: "uninstall-old-components",
  binding: "uninstall-old-components",
} as const;
