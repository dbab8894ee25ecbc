/** `krateo access`: shows where the web interface is, and whether it works from here. */
import { Command } from "commander";
import type { LiveAccess } from "../cluster/access/access.ts";
import type { Connection } from "../cluster/client/connection.ts";
import { ConfigurationError } from "../model/problem.ts";
import { accessJson, accessText, allReachable } from "./access-report.ts";
import { seconds, withClusterOptions } from "./options.ts";
import { forwardUntilEnd } from "./port-forward.ts";
import { BadResult, type ClusterOptions, connectTo, type Session, stackTarget } from "./session.ts";

interface AccessOptions extends ClusterOptions {
  readonly json?: boolean;
  readonly portForward?: boolean;
  readonly timeout: number;
}

/** Exit code for an installation that was looked at, and that a browser here would not get at. */
const notReachable = 2;

/** `krateo access`: where the web interface is, and whether it works from here. */
export function accessCommand(session: Session): Command {
  return withClusterOptions(new Command("access"))
    .description(
      "Reads the addresses of frontend, authn, snowplow and events-presenter from the cluster, sends a request to each from " +
        "this machine, and compares the addresses with those that the frontend gives to browsers. Works on any Krateo 3 " +
        "installation. Changes nothing, and shows no password: it prints the command that shows it.",
    )
    .option(
      "--json",
      "print one JSON object {reachable, endpoints: [{name, url, source, reachable, probe, told}], admin, findings, hosts}",
    )
    .option("--timeout <seconds>", "how long to wait for each endpoint; requests go out at once", seconds, 5)
    .option("--port-forward", "make the whole web interface work at 127.0.0.1, until Ctrl-C")
    .addHelpText(
      "after",
      `
Examples:
  npx krateo access
  npx krateo access --context kind-krateo --namespace krateo-system
  npx krateo access --json | jq -r '.endpoints[].url'
  npx krateo access --port-forward

With --namespace or --context you need no stack. Requests go straight to the endpoints and use no proxy.

Exit codes: 0 the web interface works from here, 2 some part of it does not, 1 the cluster did not answer.`,
    )
    .action(async (options: AccessOptions) => {
      if (options.json && options.portForward) {
        throw new ConfigurationError([{ what: "--json and --port-forward exclude each other" }]);
      }
      const { namespace, choice, nodeAddress } = await target(options, session);
      const connection = await connectTo(choice, session);
      const live = await installation(connection, namespace, nodeAddress);
      const passwordCommand = passwordCommandFor(namespace, options);
      if (options.portForward) await forwardUntilEnd(connection, live, passwordCommand, session);
      else await look(connection, live, passwordCommand, options, session);
    });
}

/** Somebody who names a cluster or namespace needs no stack, as after an installation by other means. */
async function target(options: AccessOptions, session: Session): ReturnType<typeof stackTarget> {
  const { stack, configFile, context, kubeconfig, namespace } = options;
  const alone = !stack && !configFile && Boolean(context ?? kubeconfig ?? namespace);
  return await stackTarget(
    alone ? { ...options, namespace: namespace ?? "krateo-system" } : options,
    session,
    ["nodeAddress"],
  );
}

/** @param nodeAddress Where the stack says that browsers reach the nodes, which no object in the cluster knows. */
async function installation(
  connection: Connection,
  namespace: string,
  nodeAddress: string | undefined,
): Promise<LiveAccess> {
  const [{ readAccess, serviceOf, endpointKinds }] = await Promise.all([
    import("../cluster/access/access.ts"),
  ]);
  const live = await readAccess(connection, namespace);
  if (endpointKinds.some(({ chart }) => serviceOf(live.services, chart))) {
    if (nodeAddress === undefined) return live;
    return { ...live, nodeAddresses: [nodeAddress.replaceAll(/[[\]]/g, ""), ...live.nodeAddresses] };
  }
  throw new ConfigurationError([
    {
      what: `there is no Krateo in namespace ${namespace} of the cluster at ${connection.server} (context ${connection.context})`,
      next: "name another with --namespace or --context; kubectl get services -A | grep snowplow finds it",
    },
  ]);
}

async function look(
  connection: Connection,
  live: LiveAccess,
  passwordCommand: string,
  options: AccessOptions,
  session: Session,
): Promise<void> {
  const [{ endpointsOf }, { probeEndpoints }, { findingsOf }] = await Promise.all([
    import("../cluster/access/ways.ts"),
    import("../cluster/access/probes.ts"),
    import("../cluster/access/findings.ts"),
  ]);
  const endpoints = await probeEndpoints(endpointsOf(live), live, { timeoutSeconds: options.timeout });
  const findings = findingsOf(endpoints, live, Date.now());
  const report = { server: connection.server, live, endpoints, findings, passwordCommand };
  session.print(options.json ? accessJson(report) : accessText(report, session.colours));
  if (!allReachable(report)) throw new BadResult(notReachable);
}

function passwordCommandFor(namespace: string, { context, kubeconfig }: AccessOptions): string {
  const place = `${kubeconfig ? ` --kubeconfig ${kubeconfig}` : ""}${context ? ` --context ${context}` : ""}`;
  return `kubectl get secret admin-password -n ${namespace}${place} -o jsonpath='{.data.password}' | base64 -d`;
}
