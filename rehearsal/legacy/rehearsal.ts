import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LegacyType } from "../../migration/legacy-defaults.ts";
import { ReportableError } from "../../model/problem.ts";
import type { ReleaseType } from "../../model/settings.ts";
import { listReleases } from "../outcome.ts";
import { runKrateo } from "../run-krateo.ts";
import type { RehearsalChoice } from "../stack.ts";
import type { RehearsalPaths } from "../toolchain/layout.ts";
import type { Toolchain } from "../toolchain.ts";
import { seedLegacyPlatform } from "./seed.ts";

/**
 * Puts a Krateo 2.7.0 on the cluster, unless an earlier rehearsal has done so.
 *
 * @throws ReportableError when the namespace holds something else
 */
export async function seedLegacy(
  toolchain: Toolchain,
  choice: RehearsalChoice,
  { directory }: RehearsalPaths,
  say: (line: string) => void,
): Promise<void> {
  const { namespace, type, profiles } = choice;
  const present = (await listReleases(toolchain, namespace)).map(({ name }) => name);
  if (present.includes("installer")) {
    say("Krateo 2.7.0 is there already");
    return;
  }
  if (present.length > 0) {
    throw new ReportableError(
      `--from 2.7.0: namespace ${namespace} holds a platform already; npm run rehearse -- --down removes it`,
    );
  }
  const begin = performance.now();
  say(`seeding Krateo 2.7.0, type ${type}, in ${namespace}`);
  await seedLegacyPlatform(toolchain, {
    directory,
    type: legacyType(type),
    namespace,
    openshift: type === "routes" || profiles.includes("openshift"),
  });
  say(`seeded in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

/** 2.7.0 had no Routes, and asked for load balancers on OpenShift; its hosts were those of Ingresses alone. */
function legacyType(type: ReleaseType): LegacyType {
  if (type === "routes") return "loadbalancer";
  return type === "gateway" ? "ingress" : type;
}

/**
 * Has `krateo migrate` carry over what the user of 2.7.0 has changed.
 *
 * @returns the choice with the overrides that were written; the user's own overrides stay
 */
export async function carryOver(
  toolchain: Toolchain,
  choice: RehearsalChoice,
  paths: RehearsalPaths,
  say: (line: string) => void,
): Promise<RehearsalChoice> {
  if (choice.overrides) return choice;
  const overrides = join(paths.directory, "migrated-overrides.yaml");
  await rm(overrides, { force: true });
  say("carrying its configuration over: krateo migrate --write");
  if (!(await runKrateo(["migrate", "--write", "--output", overrides], toolchain, paths)))
    throw new Error("krateo migrate failed; it has said why");
  const written = await access(overrides).then(
    () => true,
    () => false,
  );
  return written ? { ...choice, overrides } : choice;
}
