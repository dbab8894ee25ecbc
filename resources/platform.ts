/** Krateo PlatformOps: makes a resource of each node of the plan. */
import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../model/settings.ts";
import { type PlanNode, planOf } from "../plan/plan.ts";
import { addressesOf, hostsFileOf } from "./addresses.ts";
import { BuildContext, type PlatformArgs } from "./build-context.ts";
import { Component } from "./component.ts";
import { makers } from "./makers.ts";
import { Secrets } from "./secrets.ts";
import { summarise } from "./summary.ts";

/**
 * Krateo PlatformOps on one cluster. What is made, and what each thing waits for, is decided in the plan
 * (plan/plan.ts); this makes it. Which resources exist never depends on what the cluster holds.
 */
export class Platform extends pulumi.ComponentResource {
  /** URLs of frontend, authn, snowplow and events-presenter, and of what else is exposed. */
  readonly addresses: pulumi.Output<Record<string, string>>;
  /** Prints the line for a hosts file, where the hosts are in no DNS. */
  readonly hostsFile: string;
  /** Chart and version of every Helm release, by release name. */
  readonly releases: Record<string, string>;

  constructor(name: string, args: PlatformArgs) {
    super("krateo:platform:Platform", name, {}, { provider: createProvider(args) });
    const build = new BuildContext(args);
    const secrets = new Secrets(this, args.settings);
    const components = new Map<string, Component>();
    const plan = planOf(args.settings);
    for (const node of plan) {
      const parent = node.kind === "secret" ? secrets : this.parentOf(node, components);
      build.built(node, makers[node.kind](build, node, parent));
    }
    summarise(build, plan);
    this.addresses = addressesOf(build);
    this.hostsFile = hostsFileOf(build);
    this.releases = releasesOf(args.settings);
    this.registerOutputs({ addresses: this.addresses, releases: this.releases });
  }

  /** Components appear with their first step, so that a switched-off one leaves no trace. */
  private parentOf({ component: name }: PlanNode, components: Map<string, Component>): pulumi.Resource {
    if (name === undefined) return this;
    const component = components.get(name) ?? new Component(name, this);
    components.set(name, component);
    return component;
  }
}

/**
 * The one connection to the cluster. Its identity is the UID of kube-system: a moved API address or a renamed
 * context then replaces nothing.
 */
function createProvider({ settings, inventory }: PlatformArgs): Provider {
  const { kubeconfig, context } = settings.cluster;
  return new Provider("cluster", { kubeconfig, context, clusterIdentifier: inventory.clusterUid });
}

function releasesOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    settings.steps.flatMap((step) =>
      step.type === "chart" && step.enabled
        ? [[step.release.name, `${step.chart.name} ${step.chart.version}`]]
        : [],
    ),
  );
}
