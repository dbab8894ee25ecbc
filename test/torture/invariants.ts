/** What has to be so whenever the platform has settled, whatever was done before. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { root } from "../support/rehearsal.ts";
import { live, secretData } from "../support/rehearsed-cluster.ts";
import { latest, type Revision, revisions } from "./helm-records.ts";
import { formsOf, leaks } from "./leaks.ts";
import { bundledVersion, debugOf, type Model, newerChart, newerVersion, releasesOf } from "./model.ts";
import { Fault, type Platform, stackSecret } from "./platform.ts";
import { unlisted } from "./removals.ts";

/** All that is wrong; nothing is changed. */
async function wrongAfterUp(platform: Platform, all: readonly Revision[]): Promise<string[]> {
  const { model } = platform;
  const [verify, diff, preview] = await Promise.all([
    platform.krateo("verify"),
    platform.krateo("diff"),
    platform.pulumi("preview", "--expect-no-changes"),
  ]);
  return [
    ...(verify.code === 0 ? [] : [`verify ends with ${verify.code}:\n${verify.output}`]),
    ...(diff.code === 0 ? [] : [`diff ends with ${diff.code}:\n${diff.output}`]),
    ...(preview.code === 0 ? [] : [`the next preview is not empty (${preview.code}):\n${preview.output}`]),
    ...(await wrongReleases(model, all)),
    ...(await wrongSecrets(model)),
    ...(await wrongPort(model)),
  ];
}

async function wrongReleases(model: Model, all: readonly Revision[]): Promise<string[]> {
  const pins = await pinnedCharts();
  if (model.wanted.version === newerVersion) pins.set("core-provider", `core-provider-${newerChart}`);
  const now = latest(all);
  const expected = releasesOf(model.wanted).map((name) => `${name}: ${pins.get(name)} deployed`);
  const found = [...now.values()]
    .map(({ release, chart, status }) => `${release}: ${chart} ${status}`)
    .sort();
  const wrong = isDeepStrictEqual(found, expected)
    ? []
    : [`releases are\n  ${found.join("\n  ")}\nand have to be\n  ${expected.join("\n  ")}`];
  for (const name of now.keys()) {
    const deployed = all.filter(({ release, status }) => release === name && status === "deployed").length;
    if (deployed !== 1) wrong.push(`${name} has ${deployed} revisions that are deployed`);
  }
  const debug = (now.get("core-provider")?.values["env"] as Record<string, string> | undefined)?.[
    "CORE_PROVIDER_DEBUG"
  ];
  const wanted = debugOf(model.wanted);
  if (wanted !== undefined && debug !== wanted)
    wrong.push(`core-provider's value is ${debug}, not ${wanted}`);
  if (model.wanted.debug === "none" && !model.wanted.profile && debug === "true")
    wrong.push("core-provider has a value that nobody wants any more");
  const secret = (now.get("authn")?.values["env"] as Record<string, string> | undefined)?.["OIDC_SECRET"];
  if (secret !== stackSecret) wrong.push("authn does not have the stack's secret value");
  return wrong;
}

/** Charts of the bundled release: name of the Helm release -> NAME-VERSION. */
async function pinnedCharts(): Promise<Map<string, string>> {
  const document = parse(await readFile(join(root, "profiles", bundledVersion, "base.yaml"), "utf8"));
  const steps: { type: string; with: Record<string, string> }[] = document.steps;
  return new Map(
    steps
      .filter(({ type }) => type === "chart")
      .map(({ with: input }) => [input["releaseName"] ?? "", `${input["repo"]}-${input["version"]}`]),
  );
}

async function wrongSecrets(model: Model): Promise<string[]> {
  const now = await secretData();
  const wrong = Object.entries(model.secrets)
    .filter(([name, data]) => !isDeepStrictEqual(now[name], data))
    .map(([name]) => `Secret ${name} has changed`);
  const { DB_PASS: one } = (now["krateo-db"] ?? {}) as Record<string, string>;
  const { password: other } = (now["krateo-db-user"] ?? {}) as Record<string, string>;
  if (one !== other) wrong.push("the two Secrets of the database disagree");
  return wrong;
}

async function wrongPort({ wanted }: Model): Promise<string[]> {
  const service = (await live("Service", "authn")) as {
    spec: { type: string; ports: { nodePort: number }[] };
  };
  const { type, ports } = service.spec;
  const port = ports[0]?.nodePort;
  if (wanted.type === "loadbalancer")
    return type === "LoadBalancer" ? [] : [`Service authn is ${type}, not LoadBalancer`];
  return port === wanted.port ? [] : [`Service authn is at node port ${port}, not ${wanted.port}`];
}

/** Nothing of the platform is there but what a removal keeps. */
async function wrongAfterRemoval(all: readonly Revision[]): Promise<string[]> {
  const secrets = Object.keys(await secretData());
  const snapshot = await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" });
  return [
    ...(all.length === 0 ? [] : [`Helm releases are left: ${[...latest(all).keys()].join(", ")}`]),
    ...(secrets.length === 0 ? [] : [`Secrets are left: ${secrets.join(", ")}`]),
    ...(snapshot ? ["the snapshot is left"] : []),
  ];
}

/** Fails unless all is as it has to be, and remembers that it is. @param after What has settled the platform */
export async function checkInvariants(platform: Platform, after: "up" | "removal"): Promise<void> {
  const { model, removals } = platform;
  const all = await revisions();
  const now = latest(all);
  const wrong = after === "up" ? await wrongAfterUp(platform, all) : await wrongAfterRemoval(all);
  const secrets = await secretData();
  if (/node-address\.invalid/.test(platform.transcript()))
    wrong.push("an output is the stand-in for an address");
  const forms = formsOf({ ...model.secrets, ...secrets }, [stackSecret]);
  for (const place of await leaks(forms, platform.transcript())) wrong.push(`a secret value is in ${place}`);
  const gone = unlisted(await removals.removals(), removals.listed(now));
  for (const { resource, name } of gone)
    wrong.push(`${resource} ${name} was removed, and no plan lists that`);
  const left = await platform.leftAfterAWhile();
  for (const { pid } of left) wrong.push(`process ${pid} of a run that was killed still runs`);
  if (wrong.length > 0) throw new Fault(wrong.join("\n"));
  await removals.skip();
  removals.remember(all);
  model.installed = after === "up";
  model.removing = false;
  model.drifted = false;
  model.settled = true;
  model.secrets = secrets;
}
