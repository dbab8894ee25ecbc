/** Rules for what a chart step says beside its values: which chart, from where, how it is waited for. */
import { chartSource } from "../configuration/chart-source.ts";
import { durationForm, secondsOf } from "../model/go-duration.ts";
import { carriedInput, type MergeContext, type Outcome } from "./change-outcome.ts";
import type { Change } from "./changes.ts";
import { isSecret } from "./plain-value.ts";
import { type TargetStep, targetOf } from "./target-steps.ts";

/** What becomes of a changed field of `with`, other than `values`. */
export function inputOutcome(change: Change, { steps }: MergeContext): Outcome {
  const target = targetOf(steps, change.standsFor ?? "");
  if (target === undefined) {
    return { kind: "left", why: `chart ${change.step.with["name"]} is not part of 3.0.0` };
  }
  const [field] = change.path;
  const rule = rules[String(field)];
  if (rule !== undefined) return rule(change, target);
  return { kind: "left", why: `3.0.0 knows no ${field} of a chart step` };
}

type Rule = (change: Change, target: TargetStep) => Outcome;

const rules: Readonly<Record<string, Rule>> = {
  version: (_, target) => ({
    kind: "left",
    why: `3.0.0 owns the versions: it installs ${target.with["repo"]} ${target.with["version"]}`,
  }),
  name: (_, target) => ({ kind: "left", why: `3.0.0 installs chart ${target.with["repo"]} there` }),
  repository: ({ yours, path }, target) => {
    if (yours === undefined) return { kind: "same", why: "3.0.0 names its own" };
    if (isSecret(path, yours)) {
      return {
        kind: "left",
        why: "the address holds a password, which must not stand in a document in clear",
        next: "serve the charts without one, or name a folder: pulumi config set krateo:chartMirror FOLDER",
      };
    }
    const { repo, version } = target.with;
    if (!("source" in chartSource(String(yours), String(repo), String(version)))) {
      return {
        kind: "left",
        why: "3.0.0 fetches charts from https:// and oci:// addresses only",
        next: "a folder with all charts: pulumi config set krateo:chartMirror FOLDER",
      };
    }
    return carriedInput(target, [{ path: ["url"], value: yours }], `it must serve ${repo} ${version}`);
  },
  waitTimeout: ({ yours }, target) => {
    const given = typeof yours === "string" ? secondsOf(yours) : undefined;
    if (yours === undefined) return { kind: "same", why: "3.0.0 has a time-out of its own" };
    if (given === undefined) return { kind: "left", why: `it is not ${durationForm}` };
    const standard = secondsOf(String(target.with["timeout"] ?? "15m")) ?? 0;
    if (given > standard) return carriedInput(target, [{ path: ["timeout"], value: yours }]);
    return { kind: "left", why: "3.0.0 waits longer: an upgrade may have images to pull" };
  },
  wait: () => ({ kind: "left", why: "3.0.0 waits until a chart is ready before it starts what needs it" }),
  maxHistory: ({ yours }, target) =>
    typeof yours === "number" && Number.isInteger(yours) && yours > 0
      ? carriedInput(target, [{ path: ["maxHistory"], value: yours }])
      : { kind: "left", why: "it is not a whole number from 1" },
  releaseName: ({ yours, step }, target) => ({
    kind: "left",
    why: `3.0.0 installs release ${target.with["releaseName"]}, after which its Services are named`,
    next:
      yours === undefined
        ? undefined
        : `remove yours before the upgrade: helm uninstall ${yours} -n ${step.with["namespace"] ?? "NAMESPACE"}`,
  }),
  namespace: ({ yours, step }, target) => ({
    kind: "left",
    why: `3.0.0 installs ${target.with["releaseName"]} in the installation's namespace, where the others look for it`,
    next: `remove yours before the upgrade: helm uninstall ${step.with["releaseName"] ?? step.with["name"]} -n ${yours}`,
  }),
  insecureSkipTLSVerify: () => ({
    kind: "left",
    why: "charts are fetched over verified TLS only",
    next: "let Node.js trust the certificate (NODE_EXTRA_CA_CERTS), or set krateo:chartMirror to a folder",
  }),
};
