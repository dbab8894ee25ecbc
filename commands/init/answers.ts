/** What the questions of `krateo init` add up to: keys of the stack configuration, each with the reason for it. */
import type { ClusterFeatures } from "../../cluster/features.ts";
import { namesOf } from "../../configuration/stack-config.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { isOpenShift, type Proposal } from "./proposals.ts";

/** What can be asked, by the name of the option that answers it. */
export const answerNames = [
  "type",
  "domain",
  "nodeAddress",
  "ingressClass",
  "gateway",
  "tls",
  "tlsSecret",
  "clusterIssuer",
  "storageClass",
  "size",
  "profiles",
] as const;
export type AnswerName = (typeof answerNames)[number];

/** Answers as text; "" is the default of what is asked. */
export type Answers = Readonly<Partial<Record<AnswerName, string>>>;

/** Where and from where, which no question is about. */
export interface Place {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly chartMirror?: string;
}

/** A key of the stack configuration with its value; `reason` stands above it in the file. */
export interface ChosenKey {
  readonly key: string;
  readonly value: unknown;
  readonly reason?: string;
}

/**
 * The keys that the answers mean.
 *
 * @param reasons Why an answer was proposed, by its name; of those that were.
 */
export function chosenKeys(
  answers: Answers,
  place: Place,
  features: ClusterFeatures,
  reasons: Readonly<Partial<Record<AnswerName, Proposal>>> = {},
): ChosenKey[] {
  const { type, domain, nodeAddress, ingressClass, gateway, storageClass } = answers;
  const tls = tlsOf(answers);
  const profiles = [...(answers.size === "small" ? ["small"] : []), ...namesOf(answers.profiles)];
  const chosen: Readonly<Record<string, unknown>> = {
    ...place,
    type,
    openshift: isOpenShift(features) || undefined,
    profiles: profiles.length > 0 ? profiles : undefined,
    domain,
    nodeAddress,
    ingressClass,
    ...gatewayKeys(gateway),
    tls,
    databaseStorage: storageClass ? { storageClass } : undefined,
  };
  const proposedReason = (name: AnswerName): string | undefined => {
    const proposed = reasons[name];
    return proposed?.value === answers[name] ? proposed?.reason : undefined;
  };
  const reasonOf = (key: string): string | undefined => {
    if (key === "openshift") return "OpenShift refuses pods with more rights than this profile's";
    if (key === "profiles") return answers.size === "small" ? proposedReason("size") : undefined;
    const name = answerNames.find((one) => one === key);
    return name && proposedReason(name);
  };
  return Object.entries(chosen).flatMap(([key, value]) => {
    if (value === undefined || value === "") return [];
    const reason = reasonOf(key);
    return [{ key, value, ...(reason && { reason }) }];
  });
}

/** What is behind the first slash is the name, so that the configuration refuses a second one. */
function gatewayKeys(gateway: string | undefined): Record<string, unknown> {
  if (!gateway) return {};
  const [namespace, ...name] = gateway.split("/");
  return name.length === 0 ? { gatewayClass: gateway } : { gateway: { name: name.join("/"), namespace } };
}

/** @throws ConfigurationError for an option that says otherwise than `--tls` */
function tlsOf({ tls, tlsSecret, clusterIssuer }: Answers): unknown {
  const parts = {
    ...(tlsSecret && { secretName: tlsSecret }),
    ...(clusterIssuer && { clusterIssuer }),
    ...(tls === "external" && { external: true }),
  };
  const given = Object.keys(parts).length > 0;
  if (tls === "none" && given)
    throw new ConfigurationError([
      {
        what: "--tls none goes with neither --tls-secret nor --cluster-issuer",
        next: "leave one of them out",
      },
    ]);
  return given ? parts : undefined;
}

/** The same as the program reads them. */
export function valuesOf(keys: readonly ChosenKey[]): Record<string, unknown> {
  return Object.fromEntries(keys.map(({ key, value }) => [key, value]));
}
