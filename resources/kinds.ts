/**
 * The kinds of resources that the program makes, registered as the SDKs of their packages register them: those load all of
 * Pulumi's SDK (see pulumi.ts). test/resources/kinds.test.ts holds each of them against its class there.
 */

import type { CommandArgs } from "@pulumi/command/local/command.js";
import commandPackage from "@pulumi/command/package.json" with { type: "json" };
import type { CustomResourceArgs } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { CustomResourceDefinitionArgs } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition.js";
import type { NamespaceArgs } from "@pulumi/kubernetes/core/v1/namespace.js";
import type { SecretArgs } from "@pulumi/kubernetes/core/v1/secret.js";
import type { ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release.js";
import kubernetesPackage from "@pulumi/kubernetes/package.json" with { type: "json" };
import type { ProviderArgs } from "@pulumi/kubernetes/provider.js";
import type { helm } from "@pulumi/kubernetes/types/output.js";
import randomPackage from "@pulumi/random/package.json" with { type: "json" };
import type { RandomPasswordArgs } from "@pulumi/random/randomPassword.js";
import * as pulumi from "./pulumi.ts";

type Options = pulumi.CustomResourceOptions;

const kubernetes = { version: kubernetesPackage.version };

/** The connection to a cluster. What the SDK takes from the environment for it, the provider takes itself. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: Pick<ProviderArgs, "kubeconfig" | "context" | "clusterIdentifier">) {
    super(
      "kubernetes",
      name,
      { ...args, kubeconfig: args.kubeconfig ?? process.env["KUBECONFIG"] },
      kubernetes,
    );
  }
}

export class Namespace extends pulumi.CustomResource {
  constructor(name: string, args: NamespaceArgs, options: Options) {
    const inputs = { ...args, apiVersion: "v1", kind: "Namespace" };
    super("kubernetes:core/v1:Namespace", name, inputs, pulumi.mergeOptions(kubernetes, options));
  }
}

export class Secret extends pulumi.CustomResource {
  constructor(name: string, { data, stringData, ...args }: SecretArgs, options: Options) {
    const contents = {
      data: data && pulumi.secret(data),
      stringData: stringData && pulumi.secret(stringData),
    };
    const inputs = { ...args, ...contents, apiVersion: "v1", kind: "Secret" };
    const own = { ...kubernetes, additionalSecretOutputs: ["data", "stringData"] };
    super("kubernetes:core/v1:Secret", name, inputs, pulumi.mergeOptions(own, options));
  }
}

export class CustomResourceDefinition extends pulumi.CustomResource {
  constructor(name: string, args: CustomResourceDefinitionArgs, options: Options) {
    const inputs = { ...args, apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    const before = { type: "kubernetes:apiextensions.k8s.io/v1beta1:CustomResourceDefinition" };
    const own = { ...kubernetes, aliases: [before] };
    const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
    super(type, name, inputs, pulumi.mergeOptions(own, options));
  }
}

/** An object of any kind. The provider knows none of the core group without `core`, which the SDK's own class leaves out. */
export class KubernetesObject extends pulumi.CustomResource {
  constructor(name: string, args: CustomResourceArgs, options: Options) {
    const { apiVersion, kind } = args as { apiVersion: string; kind: string };
    const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
    super(`kubernetes:${group}:${kind}`, name, args, pulumi.mergeOptions(kubernetes, options));
  }
}

export class Release extends pulumi.CustomResource {
  declare readonly status: pulumi.Output<helm.v3.ReleaseStatus>;

  constructor(name: string, args: ReleaseArgs, options: Options) {
    const inputs = { ...args, compat: "true", status: undefined };
    super("kubernetes:helm.sh/v3:Release", name, inputs, pulumi.mergeOptions(kubernetes, options));
  }
}

export class Command extends pulumi.CustomResource {
  declare readonly stdout: pulumi.Output<string>;

  constructor(name: string, args: CommandArgs, options: Options) {
    const own = { version: commandPackage.version, replaceOnChanges: ["triggers[*]"] };
    super("command:local:Command", name, { ...args, stdout: undefined }, pulumi.mergeOptions(own, options));
  }
}

export class RandomPassword extends pulumi.CustomResource {
  declare readonly result: pulumi.Output<string>;

  constructor(name: string, args: RandomPasswordArgs, options: Options) {
    const own = { version: randomPackage.version, additionalSecretOutputs: ["bcryptHash", "result"] };
    const type = "random:index/randomPassword:RandomPassword";
    super(type, name, { ...args, result: undefined }, pulumi.mergeOptions(own, options));
  }
}
