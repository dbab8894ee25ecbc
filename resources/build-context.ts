/** What the makers of resources share. */
import * as pulumi from "@pulumi/pulumi";
import { nodeAddressOf, nodeAddressVariable } from "../configuration/exposure/node-address.ts";
import { type ExistingRelease, type Inventory, releaseKey } from "../model/inventory.ts";
import type { ChartStep, JsonObject, Settings, Step } from "../model/settings.ts";
import { brokenConnection } from "../plan/broken-connection.ts";
import type { PlanNode } from "../plan/plan.ts";
import { refusedWrite } from "../plan/refused-write.ts";
import type { Repair } from "../plan/repair.ts";
import { userErrors } from "./user-errors.ts";

/** Names one live object. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What the components need from outside, handed over by index.ts and run/ so that they read no file and no cluster. */
export interface PlatformArgs {
  readonly settings: Settings;
  readonly inventory: Inventory;
  /** Unfinished Helm operations of killed runs, to be marked as failed first. */
  readonly repairs: readonly Repair[];
  /** Helm releases to apply again though nothing in their inputs has changed; keys of `Inventory.releases`. */
  readonly reapply: ReadonlySet<string>;
  /** Ids of the steps whose releases are taken over and have secrets stored, which must not get into the state. */
  readonly withheld: ReadonlySet<string>;
  /** What the engine called each Helm release in the last run, by release name. */
  readonly releaseUrns: Readonly<Record<string, string>>;
  /** Workloads whose pods are older than their configuration, in words. */
  readonly outdated: readonly string[];
  /** Path of each chart step's archive, relative to the project folder, by step id. */
  readonly charts: ReadonlyMap<string, string>;
  /** Name of the stack: Commands read its connection settings when they run, not when they were planned. */
  readonly stack: string;
  /** Which objects of a Helm release are not ready, and why; one sentence a line. */
  readonly explain: (release: { name: string; namespace: string }) => Promise<readonly string[]>;
  /** The same of objects that are waited for, by `APIVERSION:KIND` as in Pulumi's type tokens: `core/v1:Service`. */
  readonly explainObject: Readonly<Record<string, PlatformArgs["explain"]>>;
  /**
   * Puts back those objects of a Helm release that an upgrade would leave as they are or fail on; returns their names.
   * `asked`: somebody asked to apply just this release again.
   */
  readonly putBack: (
    release: { name: string; namespace: string },
    asked: boolean,
  ) => Promise<readonly string[]>;
  /** Takes the secrets out of what Helm has stored of a release. */
  readonly withhold: (step: ChartStep, revision: number) => Promise<void>;
  /** Masks the secrets in the Installation object that somebody else has made. */
  readonly maskSnapshot: () => Promise<void>;
  /**
   * Makes sure that this run holds the Lease in the namespace, so that no other run changes the installation. Called before
   * each operation; when it fails, the operation does not begin.
   */
  readonly checkLease: () => Promise<void>;
  /** Where a migration from an earlier version stands after a failure; no lines where there is none to finish. */
  readonly migrationStatus: () => Promise<readonly string[]>;
  /** A live object; undefined when there is none. */
  readonly read: (reference: ObjectReference) => Promise<JsonObject | undefined>;
}

/** The platform under construction: what has been made so far, for those who come after it. */
export class BuildContext {
  readonly args: PlatformArgs;
  readonly settings: Settings;
  readonly inventory: Inventory;
  /** Ids of the plan's nodes whose operation failed. */
  readonly failed = new Set<string>();
  /** Lines about how far the run has come, while it goes on. */
  progress: () => readonly string[] = () => [];
  private readonly refused = new Set<string>();
  private readonly leaseHook: pulumi.ResourceHook;
  private readonly explainHook: pulumi.ErrorHook;
  private readonly putBackHook: pulumi.ResourceHook;
  private readonly resources = new Map<string, readonly pulumi.Resource[]>();
  private readonly values = new Map<string, pulumi.Output<string>>();

  constructor(args: PlatformArgs) {
    this.args = args;
    this.settings = args.settings;
    this.inventory = args.inventory;
    const nodeAddress = nodeAddressOf(args.settings, args.inventory);
    if (nodeAddress !== undefined) this.setVariable(nodeAddressVariable, pulumi.output(nodeAddress));
    this.leaseHook = new pulumi.ResourceHook("lease", () => args.checkLease());
    this.explainHook = new pulumi.ErrorHook("explain", async (failure) => {
      const { name, type, newInputs, oldInputs, errors } = failure;
      const first = this.failed.size === 0;
      this.failed.add(name);
      await this.tellRefusal(errors[0] ?? "");
      const inputs = newInputs ?? oldInputs;
      const lines = await this.explanation(type, inputs ?? {});
      if (lines.length > 0) await pulumi.log.error(lines.join("\n"));
      // Once: what fails after the first one often does so for the same reason.
      if (first) await pulumi.log.info(["when this failed:", ...this.progress()].join("\n"));
      const migrationStatus = first ? await args.migrationStatus() : [];
      if (migrationStatus.length > 0) await pulumi.log.error(migrationStatus.join("\n"));
      return false;
    });
    this.putBackHook = new pulumi.ResourceHook("put-back", async ({ newInputs }) => {
      const { name, namespace } = newInputs as { name: string; namespace: string };
      const asked = args.reapply.has(releaseKey({ name, namespace }, args.settings.namespace));
      const objects = await args.putBack({ name, namespace }, asked);
      if (objects.length > 0) await pulumi.log.info(`put back: ${objects.join(", ")}`);
    });
  }

  /** A cluster that takes no writes, or cannot be reached, makes every operation fail that is running: it is said once. */
  private async tellRefusal(error: string): Promise<void> {
    const refused = refusedWrite(error) ?? brokenConnection(error);
    if (!refused || this.refused.has(refused.what)) return;
    this.refused.add(refused.what);
    await pulumi.log.error(`${refused.what}; ${refused.next}`);
  }

  private async explanation(type: string, inputs: Record<string, unknown>): Promise<readonly string[]> {
    const named = (given: unknown) => given as { name: string; namespace: string };
    if (type === "kubernetes:helm.sh/v3:Release") return await this.args.explain(named(inputs));
    const explain = this.args.explainObject[type.replace(/^kubernetes:/, "")];
    return (await explain?.(named(inputs["metadata"]))) ?? [];
  }

  step(id: string): Step {
    const step = this.settings.steps.find((candidate) => candidate.id === id);
    if (!step) throw new Error(`the plan names a step that the settings lack: ${id}`);
    return step;
  }

  /** The Helm release of a step as it was before this run; undefined when there was none. */
  existingRelease({ release }: ChartStep): ExistingRelease | undefined {
    return this.inventory.releases[releaseKey(release, this.settings.namespace)];
  }

  /** A step's Helm release by its own name, anything else by its id. */
  displayName(id: string): string {
    const step = this.settings.steps.find((candidate) => candidate.id === id);
    return step?.type === "chart" ? step.release.name : id;
  }

  /** Records what a node of the plan became. A variable becomes no resource: it stands for what it was read from. */
  built(node: PlanNode, resources: readonly pulumi.Resource[]): void {
    this.resources.set(node.id, resources);
  }

  /** The resources that a node's own resource depends on. */
  needsOf(node: PlanNode): pulumi.Resource[] {
    return [...new Set(node.needs.flatMap((need) => this.resources.get(need.on) ?? []))];
  }

  /** The resources that something waits for, with work of the run's own in the cluster after them; a preview does without it. */
  afterwards(
    needs: pulumi.Resource[],
    work: () => Promise<void>,
  ): pulumi.Input<pulumi.Input<pulumi.Resource>[]> {
    if (pulumi.runtime.isDryRun()) return needs;
    return pulumi.all(needs.map(({ urn }) => urn)).apply(async () => {
      await userErrors(async () => {
        await this.args.checkLease();
        await work();
      });
      return needs;
    });
  }

  /** What a node of the plan became. */
  resourcesOf({ id }: PlanNode): readonly pulumi.Resource[] {
    return this.resources.get(id) ?? [];
  }

  resource(id: string): pulumi.Resource | undefined {
    return this.resources.get(id)?.[0];
  }

  setVariable(name: string, value: pulumi.Output<string>): void {
    this.values.set(name, value);
  }

  /** Values of those of the names that are variables. */
  variables(names: readonly string[]): pulumi.Output<Record<string, string>> {
    const known = [...this.values].filter(([name]) => names.includes(name));
    return pulumi.all(Object.fromEntries(known));
  }

  /**
   * Notes a failed operation, says in words that the cluster takes no writes, and what of a release or an object is not
   * ready, instead of "timed out".
   */
  get explained(): pulumi.ResourceHookBinding {
    return { onError: [this.explainHook] };
  }

  /** The same of what may only be created and changed while this run holds the Lease: everything but the namespace. */
  get guarded(): pulumi.ResourceHookBinding {
    return { ...this.explained, beforeCreate: [this.leaseHook], beforeUpdate: [this.leaseHook] };
  }

  /** The same of a Helm release: objects that Helm would fail on or leave as they are are put back before an upgrade. */
  get guardedAndPutBack(): pulumi.ResourceHookBinding {
    return { ...this.guarded, beforeUpdate: [this.leaseHook, this.putBackHook] };
  }
}
