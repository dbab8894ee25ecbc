/** `krateo rbac`: prints the roles that an account needs for the stack, each rule with its reason. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { HelmRelease } from "../cluster/client/helm-release.ts";
import { ConfigurationError, ReportableError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import { chartStepsOf } from "../plan/plan.ts";
import { type ChartContents, namespacesNeeded, rightsNeeded } from "../plan/rights/needed.ts";
import { includes, type Purpose, purposes, type Right } from "../plan/rights/right.ts";
import { accountObject, asYaml, namespaceObject, roleObjects, type Subject } from "../plan/rights/roles.ts";
import { withClusterOptions } from "./options.ts";
import { type ClusterOptions, connectTo, type Session, stackSettings } from "./session.ts";

interface RbacOptions extends ClusterOptions {
  readonly for: Purpose;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly user?: string;
  readonly format: "yaml" | "json";
}

/** `krateo rbac`: the least that an account needs, for a look or for kubectl apply. */
export function rbacCommand(session: Session): Command {
  return withClusterOptions(new Command("rbac"))
    .description(
      "Prints the ClusterRole, the Roles and their bindings that the stack needs, for kubectl apply, each rule with its reason. " +
        "Renders the stack's charts with the helm on the PATH, so it knows every object that they make; for this it fetches charts that " +
        "are not there yet. What installed releases hold beside the plan is included where the cluster answers. Changes nothing.",
    )
    .addOption(
      new Option(
        "--for <purpose>",
        "migrate: also from Krateo 2.7.0, and back; install: also upgrade and remove; operate: change values, put back, restart, repair; verify: only look",
      )
        .choices(purposes)
        .default("install"),
    )
    .addOption(
      new Option(
        "--service-account <namespace/name>",
        "who gets the rights; default: krateo-PURPOSE in the installation's namespace, which is made too",
      )
        .argParser(serviceAccount)
        .conflicts("user"),
    )
    .option("--user <name>", "a user that gets the rights, instead of a service account")
    .addOption(
      new Option("-o, --format <format>", "json: one List without the reasons")
        .choices(["yaml", "json"])
        .default("yaml"),
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo rbac --stack dev | kubectl apply -f -
  npx krateo rbac --for verify --service-account ci/nightly
  npx krateo rbac --for migrate --context production --user ada | kubectl apply -f -
  npx krateo rbac -o json | jq '.items[] | select(.kind == "ClusterRole") | .rules'

Exit codes: 0 printed, 1 a chart cannot be fetched or rendered, or the configuration is wrong.`,
    )
    .action(async (options: RbacOptions) => {
      const settings = await stackSettings(options, session);
      const contents = await contentsFor(options, settings, session);
      const objects = objectsFor(options, settings, contents);
      session.print(
        options.format === "yaml"
          ? asYaml(objects).trimEnd()
          : JSON.stringify({ apiVersion: "v1", kind: "List", items: objects.map(({ object }) => object) }),
      );
    });
}

function objectsFor(options: RbacOptions, settings: Settings, contents: ChartContents) {
  const { for: purpose, user } = options;
  const own = { namespace: settings.namespace, name: `krateo-${purpose}` };
  const account: Subject =
    user === undefined
      ? { kind: "ServiceAccount", ...(options.serviceAccount ?? own) }
      : { kind: "User", name: user };
  const isOwn = user === undefined && options.serviceAccount === undefined;
  return [
    ...(includes(purpose, "install") ? namespacesNeeded(settings, contents).map(namespaceObject) : []),
    ...(isOwn ? [accountObject(purpose, own)] : []),
    ...roleObjects(purpose, [...rightsNeeded(settings, purpose, contents), ...rightsInPod(account)], account),
  ];
}

/** A run in a pod notes which one, and whoever finds its Lease asks whether that is still there. */
function rightsInPod(account: Subject): Right[] {
  if (account.kind !== "ServiceAccount") return [];
  const { namespace } = account;
  const why = "tell whether the pod of a run is still there";
  return [{ group: "", resource: "pods", verbs: ["get"], namespace, why }];
}

/** @throws ConfigurationError when a chart does not render: nobody could say which rights it takes */
async function contentsFor(
  options: RbacOptions,
  settings: Settings,
  session: Session,
): Promise<ChartContents> {
  if (options.for === "verify") return { rendered: new Map() };
  const [{ fetchArchives }, { chartContents }, { helmVersion }] = await Promise.all([
    import("../charts/fetch.ts"),
    import("../run/chart-contents.ts"),
    import("../cluster/checks/rendering/helm-template.ts"),
  ]);
  if ((await helmVersion()) === undefined) {
    throw new ConfigurationError([
      {
        what: "there is no helm on the PATH, which renders the charts: what they make decides which rights are needed",
        next: "install helm 3.13 or newer, or ask for --for verify, which needs none",
      },
    ]);
  }
  const steps = chartStepsOf(settings);
  const { directory, note: say } = session;
  const archives = await fetchArchives(steps, { directory, ...settings.charts, say });
  const { releases, generated } = await installed(settings, session);
  const contents = await chartContents(settings, archives, releases, generated);
  if (options.for === "migrate" && !contents.legacy?.size) session.note(aboutLegacy(contents, settings));
  const unrendered = steps.filter(({ id }) => !contents.rendered.has(id));
  if (unrendered.length > 0) {
    throw new ConfigurationError(
      unrendered.map(({ id, chart }) => ({
        what: `chart ${chart.name} of step ${id} does not render, so that nobody can say which rights it takes`,
        next: "npx krateo preflight says why",
      })),
    );
  }
  return contents;
}

/** Said where the list of a migration is not made of what is there. */
function aboutLegacy({ legacy }: ChartContents, { namespace }: Settings): string {
  return legacy
    ? `namespace ${namespace} holds no Helm release of Krateo 2.7.0, so that no rights to remove one are included`
    : "of Krateo 2.7.0 what its own values make is included, not what somebody has made of it";
}

/** What is there already; nothing, with a word on it, where the cluster does not say. */
async function installed(
  settings: Settings,
  session: Session,
): Promise<{ readonly releases?: HelmRelease[]; readonly generated: string[] }> {
  const [{ readReleases }, { readServedKinds }, { readGenerated }] = await Promise.all([
    import("../cluster/client/releases.ts"),
    import("../cluster/removal/kinds.ts"),
    import("../cluster/removal/survey.ts"),
  ]);
  const elsewhere = chartStepsOf(settings).map(({ release }) => release.namespace);
  try {
    const connection = await connectTo(settings.cluster, session);
    const [generated, ...found] = await Promise.all([
      readServedKinds(connection).then(({ kinds }) => readGenerated(connection, kinds)),
      ...[...new Set([settings.namespace, ...elsewhere])].map((one) => readReleases(connection, one)),
    ]);
    return {
      releases: found.flatMap(({ releases }) => [...releases.values()]),
      generated: Object.values(generated).flat(),
    };
  } catch (error) {
    if (!(error instanceof ReportableError)) throw error;
    const [reason] = error.message.split("\n");
    session.note(`only what the plan makes is included, not what the cluster has beside it: ${reason}`);
    return { generated: [] };
  }
}

function serviceAccount(text: string): { namespace: string; name: string } {
  const [, namespace, name] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(text) ?? [];
  if (namespace && name) return { namespace, name };
  throw new InvalidArgumentError("It must be NAMESPACE/NAME, such as ci/krateo.");
}
