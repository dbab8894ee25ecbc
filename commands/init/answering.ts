/** Goes through the questions of `krateo init`. */
import type { ClusterFeatures } from "../../cluster/features.ts";
import { bundledVersion } from "../../configuration/bundle.ts";
import { loadConfiguration } from "../../configuration/load.ts";
import { listProfiles, type ProfileEntry } from "../../configuration/profile-list.ts";
import { readStackConfig } from "../../configuration/stack-config.ts";
import { ConfigurationError } from "../../model/problem.ts";
import {
  type AnswerName,
  type Answers,
  answerNames,
  type ChosenKey,
  chosenKeys,
  type Place,
  valuesOf,
} from "./answers.ts";
import type { Ask } from "./asking.ts";
import type { Proposal } from "./proposals.ts";
import { questionAbout } from "./questions.ts";

/** What is known when the questions begin. */
interface Beginning {
  readonly directory: string;
  readonly features: ClusterFeatures;
  readonly place: Place;
  /** Answers from the command line. */
  readonly given: Answers;
}

/** Gets an answer to each question that the answers before leave open. @returns the keys that they mean */
export async function answeredKeys(beginning: Beginning, ask: Ask): Promise<ChosenKey[]> {
  const { features, place, given } = beginning;
  let answers: Answers = { ...given, ...impliedTls(given) };
  const reasons: Partial<Record<AnswerName, Proposal>> = {};
  for (const name of answerNames) {
    if (answers[name] !== undefined) continue;
    const profiles = name === "profiles" ? await fittingProfiles(beginning, answers) : [];
    const question = questionAbout(name, { answers, features, profiles });
    if (question === undefined) continue;
    const answer = await ask(question, (value) =>
      keyProblem(chosenKeys({ ...answers, [name]: value }, place, features)),
    );
    if (answer === undefined) continue;
    answers = { ...answers, [name]: answer };
    const proposed = question.choices?.find(({ value }) => value === answer) ?? question.proposal;
    if (proposed) reasons[name] = proposed;
  }
  return chosenKeys(answers, place, features, reasons);
}

/** A Secret or an issuer says by itself where the certificates come from. */
function impliedTls({ tls, tlsSecret, clusterIssuer }: Answers): Answers {
  if (tls !== undefined) return {};
  if (clusterIssuer !== undefined) return { tls: "issuer" };
  return tlsSecret === undefined ? {} : { tls: "secret" };
}

/** What is wrong with one of the keys by itself, in one line. */
function keyProblem(keys: readonly ChosenKey[]): string | undefined {
  const [problem] = readStackConfig({ values: valuesOf(keys), secretKeys: [] }).keyProblems;
  if (problem === undefined) return undefined;
  const { allowed } = problem;
  return allowed === undefined
    ? problem.what
    : `Allowed: ${typeof allowed === "string" ? allowed : allowed.join(", ")}`;
}

/** Profiles that other questions are about, or that OpenShift has on already. */
const askedElsewhere = new Set(["small", "openshift"]);

/** Profiles with which the configuration so far is whole: one that needs more keys can be added when they are set. */
async function fittingProfiles(
  { directory, features, place }: Beginning,
  answers: Answers,
): Promise<ProfileEntry[]> {
  const { profiles } = listProfiles(directory, {
    overrides: undefined,
    namespace: place.namespace ?? "krateo-system",
    version: bundledVersion,
  });
  const others = profiles.filter(
    ({ name, types, contradicts }) =>
      types === undefined &&
      !askedElsewhere.has(name) &&
      !(answers.size === "small" && contradicts.includes("small")),
  );
  const fits = await Promise.all(
    others.map(async ({ name }) => {
      const keys = chosenKeys({ ...answers, profiles: name }, place, features);
      return (await configurationProblem(keys, directory)) === undefined;
    }),
  );
  return others.filter((_, index) => fits[index]);
}

async function configurationProblem(
  keys: readonly ChosenKey[],
  directory: string,
): Promise<Error | undefined> {
  try {
    await loadConfiguration({ values: valuesOf(keys), secretKeys: [] }, directory);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}
