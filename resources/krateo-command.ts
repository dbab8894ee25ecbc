/** The command line of a `krateo` command in a Pulumi Command. */
import type { BuildContext } from "./build-context.ts";

/**
 * Command line of one of the project's own commands, as a Pulumi Command runs it from the project folder.
 * It names the stack instead of a kubeconfig: the connection is looked up when it runs, so that a moved
 * kubeconfig or a renamed context changes nothing in the plan.
 */
export function krateoCommand(build: BuildContext, command: string): string {
  return `node commands/krateo.ts ${command} --stack ${build.args.stack} --namespace ${build.settings.namespace}`;
}

/** Lets the command refuse to touch any cluster but the one that was planned for. */
export function connectionEnvironment(build: BuildContext): Record<string, string> {
  return { KRATEO_CLUSTER_UID: build.inventory.clusterUid ?? "" };
}
