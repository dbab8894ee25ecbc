import { ConfigurationError } from "../model/problem.ts";
import type { ReleaseName } from "../plan/removal/known.ts";
import type { StackObject, StackRecord } from "../plan/removal/survey.ts";
import { askPulumi, PulumiFailure } from "./cli.ts";

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly retainOnDelete?: boolean;
}

/** What `pulumi stack export` prints, as far as it is read here. */
export interface StackExport {
  readonly deployment?: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly { readonly resource: StateResource; readonly type: string }[];
  };
}

/** A connection that the state remembers, and that a destroy without the program uses. */
export interface RecordedConnection {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/**
 * Reads what the stack's state holds. Nothing in it is decrypted.
 *
 * @param directory The project's root.
 * @throws ConfigurationError when Pulumi cannot read the state
 */
export async function readStack(stack: string, directory: string): Promise<StackExport> {
  try {
    return JSON.parse(await askPulumi(["stack", "export", "--stack", stack], directory));
  } catch (error) {
    if (!(error instanceof PulumiFailure)) throw error;
    if (/no stack named/.test(error.message)) return {};
    throw unreadable(stack, error.message);
  }
}

function unreadable(stack: string, said: string): ConfigurationError {
  const next = /failed to load checkpoint/.test(said)
    ? `a run may have been killed while it wrote the state: npx krateo repair --stack ${stack}`
    : "pulumi login, or set PULUMI_BACKEND_URL; pulumi stack ls shows the stacks that there are";
  return new ConfigurationError([{ what: `Pulumi cannot read the state of stack ${stack}: ${said}`, next }]);
}

/** What the state says about the installation. */
export function recordOf({ deployment }: StackExport): StackRecord {
  const resources = deployment?.resources ?? [];
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const outputs = root?.outputs ?? {};
  const cut = (deployment?.pending_operations ?? [])
    .filter(({ type }) => type === "creating" || type === "importing")
    .map(({ resource }) => resource);
  return {
    filled: resources.length > 0,
    clusterUid: text(outputs["clusterUid"]) ?? text(providerOf(resources)?.inputs?.["clusterIdentifier"]),
    namespace: text(outputs["namespace"]),
    releases: resources.flatMap(releaseOf),
    interrupted: cut.flatMap(releaseOf),
    objects: resources.flatMap(objectOf),
  };
}

/** The connection that the state's provider has; undefined without one, or when it is a secret. */
export function connectionOf({ deployment }: StackExport): RecordedConnection | undefined {
  const inputs = providerOf(deployment?.resources ?? [])?.inputs;
  if (!inputs) return undefined;
  return { kubeconfig: text(inputs["kubeconfig"]), context: text(inputs["context"]) };
}

function providerOf(resources: readonly StateResource[]): StateResource | undefined {
  return resources.find(
    ({ type, urn }) => type === "pulumi:providers:kubernetes" && urn.endsWith("::cluster"),
  );
}

function releaseOf({ type, inputs }: StateResource): ReleaseName[] {
  const name = text(inputs?.["name"]);
  const namespace = text(inputs?.["namespace"]);
  return type === "kubernetes:helm.sh/v3:Release" && name && namespace ? [{ name, namespace }] : [];
}

/** Objects of Kubernetes: their type is `kubernetes:GROUP/VERSION:KIND`, their inputs hold the manifest. */
function objectOf({ type, inputs = {}, retainOnDelete = false }: StateResource): StackObject[] {
  const apiVersion = text(inputs["apiVersion"]);
  const kind = text(inputs["kind"]) ?? type.split(":").at(-1);
  const metadata = inputs["metadata"] as { name?: unknown; namespace?: unknown } | undefined;
  const name = text(metadata?.name);
  if (!type.startsWith("kubernetes:") || !apiVersion || !kind || !name) return [];
  const namespace = text(metadata?.namespace);
  return [{ apiVersion, kind, ...(namespace && { namespace }), name, retained: retainOnDelete }];
}

/** A value that is neither absent nor encrypted. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
