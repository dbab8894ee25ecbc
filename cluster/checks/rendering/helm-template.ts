/** Lets the helm on the PATH render a chart with its final values, without cluster and network. */
import { devNull } from "node:os";
import { expandVariables, variablesIn } from "../../../configuration/variables.ts";
import type { ChartStep, JsonObject } from "../../../model/settings.ts";
import { type Ended, runHelm } from "../helm.ts";
import type { Capabilities } from "./capabilities.ts";

/** A chart to render. */
export interface Templates {
  readonly step: ChartStep;
  /** Path of the archive. */
  readonly archive: string;
  readonly isUpgrade: boolean;
  /** With the CRDs that Helm installs ahead of the templates; default false. */
  readonly withCrds?: boolean;
  /** Without variables. */
  readonly values: JsonObject;
}

/** Helm's version in its own words; undefined where there is none. */
export async function helmVersion(): Promise<string | undefined> {
  const result = await runHelm(["version", "--short"], offline);
  return result?.code === 0 ? result.output.trim() : undefined;
}

/** What `helm template` says; undefined where there is no helm. */
export async function helmTemplate(
  { step, archive, isUpgrade, withCrds = false, values }: Templates,
  { kubeVersion, apiVersions }: Capabilities,
): Promise<Ended | undefined> {
  const { name, namespace } = step.release;
  const args = [
    ...["template", name, archive, "--namespace", namespace, "--values", "-"],
    `--kube-version=${kubeVersion}`,
    ...(isUpgrade ? ["--is-upgrade"] : []),
    ...(withCrds ? ["--include-crds"] : []),
    ...apiVersions.map((version) => `--api-versions=${version}`),
  ];
  return await runHelm(args, offline, JSON.stringify(values));
}

/**
 * Neither cluster nor network can be reached: a schema may refer to others by URL, which a proxy that is none ends, and
 * Helm may keep its records in a database.
 */
const nowhere = "http://127.0.0.1:9";
const offline = {
  ...{ KUBECONFIG: devNull, HELM_DRIVER: "secret", HELM_PLUGINS: devNull },
  ...{ HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: "" },
  ...{ http_proxy: nowhere, https_proxy: nowhere, no_proxy: "" },
};
/** A flag that this helm is too old for, that proxy, or a trouble of helm's own: none says anything about the chart. */
export const cannotTell =
  /unknown (shorthand )?(flag|command)|proxyconnect|missing registry client|invalid kube version|permission denied|no such file|path ".*" not found/;

/** What `${NAME}` stands for already. */
export type Variables = Readonly<Record<string, string>>;

/** A step's values without variables: something plausible stands for those that only the installation knows. */
export function filled(
  { values }: ChartStep,
  known: Variables,
): { readonly values: JsonObject; readonly unknown: readonly string[] } {
  const unknown = variablesIn(values).filter((name) => !Object.hasOwn(known, name));
  const placeholders = Object.fromEntries(unknown.map((name) => [name, placeholder(name)]));
  return { values: expandVariables(values, { ...placeholders, ...known }) as JsonObject, unknown };
}

/** A port, or an address that documents may use and nobody has. */
export function placeholder(name: string): string {
  return /port/i.test(name) ? "8080" : "192.0.2.1";
}
