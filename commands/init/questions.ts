/** The questions of `krateo init`, in order: which are asked depends on the answers before. */
import type { ClusterFeatures } from "../../cluster/features.ts";
import { typesOfKey } from "../../configuration/exposure/keys.ts";
import type { ProfileEntry } from "../../configuration/profile-list.ts";
import type { ReleaseType } from "../../model/settings.ts";
import type { AnswerName, Answers } from "./answers.ts";
import {
  gatewayProposals,
  ingressClassProposals,
  nodeAddressProposal,
  type Proposal,
  sizeProposals,
  storageProposals,
  tlsProposals,
  typeProposals,
} from "./proposals.ts";

/** Something to ask, with what may be answered. */
export interface Question {
  /** Name of the option that answers it, without dashes, as Commander has it. */
  readonly name: string;
  readonly message: string;
  /** Answers to choose from, the proposed one first; without any, the answer is text. */
  readonly choices?: readonly Proposal[];
  /** Any number of the choices. */
  readonly several?: true;
  /** What is taken when nobody is asked; undefined where only the user knows. */
  readonly proposal?: Proposal;
  /** What a text looks like. */
  readonly example?: string;
}

type OwnQuestion = Question & { readonly name: AnswerName };

/** What a question may depend on. */
interface Circumstances {
  readonly answers: Answers;
  readonly features: ClusterFeatures;
  /** Profiles that go with the answers, except those that other questions are about. */
  readonly profiles: readonly Pick<ProfileEntry, "name" | "purpose">[];
}

/** Each says what to ask; undefined where there is nothing to ask. */
const questions: Readonly<Record<AnswerName, (all: Circumstances) => Omit<OwnQuestion, "name"> | undefined>> =
  {
    type: ({ features }) => choice("How do browsers reach the platform?", typeProposals(features)),
    domain: ({ answers }) => {
      if (!isFor("domain", answers)) return undefined;
      const example = "krateo.example.org";
      if (answers.type !== "routes") return { message: "Domain of the hosts", example };
      const proposal = { value: "", reason: "OpenShift names the hosts" };
      return { message: "Domain of the hosts (empty: OpenShift names them)", example, proposal };
    },
    nodeAddress: ({ answers, features }) => {
      if (answers.type !== "nodeport") return undefined;
      const message = "Where do browsers reach the nodes?";
      const own = { value: "", reason: "at a node's own address" };
      const proposal = nodeAddressProposal(features);
      if (proposal !== undefined) return choice(message, [proposal, own]);
      return { message: `${message} (empty: ${own.reason})`, proposal: own, example: "krateo.example.org" };
    },
    ingressClass: ({ answers, features }) => {
      if (!isFor("ingressClass", answers) || features.ingressClasses.length === 0) return undefined;
      return choice("IngressClass", ingressClassProposals(features));
    },
    gateway: ({ answers, features }) => {
      if (!isFor("gateway", answers)) return undefined;
      const proposals = gatewayProposals(features);
      const message = "Gateway that serves the hosts";
      if (proposals.length > 0) return choice(message, proposals);
      return {
        message: `${message}: NAMESPACE/NAME of one that there is, or a GatewayClass`,
        example: "envoy",
      };
    },
    tls: ({ answers, features }) => {
      if (!isFor("tls", answers)) return undefined;
      return choice("https: where do the certificates come from?", tlsProposals(features, answers.gateway));
    },
    tlsSecret: ({ answers }) =>
      answers.tls === "secret"
        ? { message: "Secret of the certificate, in the platform's namespace", example: "wildcard-tls" }
        : undefined,
    clusterIssuer: ({ answers, features: { clusterIssuers } }) => {
      if (answers.tls !== "issuer") return undefined;
      if (clusterIssuers.length === 0)
        return { message: "cert-manager's ClusterIssuer", example: "letsencrypt" };
      return choice(
        "cert-manager's ClusterIssuer",
        clusterIssuers.map((value) => ({ value, reason: "it is ready" })),
      );
    },
    storageClass: ({ features }) => {
      const proposals = storageProposals(features);
      return proposals.length > 1 || proposals[0]?.value
        ? choice("StorageClass of the database", proposals)
        : undefined;
    },
    size: ({ features }) => choice("Size of the installation", sizeProposals(features)),
    profiles: ({ profiles }) => ({
      message: "More profiles",
      several: true,
      choices: profiles.map(({ name, purpose }) => ({ value: name, reason: purpose })),
      proposal: { value: "", reason: "none" },
    }),
  };

function choice(message: string, choices: readonly Proposal[]): Omit<OwnQuestion, "name"> {
  return { message, choices, proposal: choices[0] };
}

/** Whether the type that was chosen has a use for a key of the stack configuration. */
function isFor(key: string, { type }: Answers): boolean {
  return typesOfKey[key]?.includes(type as ReleaseType) ?? false;
}

/** The question about one thing; undefined where the answers before leave nothing to ask. */
export function questionAbout(name: AnswerName, circumstances: Circumstances): OwnQuestion | undefined {
  const question = questions[name](circumstances);
  return question && { name, ...question };
}
