/** What `krateo:imageRegistry` and pull Secrets do not reach, each with the way out. */

import { withoutPullSecret } from "../../components/value-limits.ts";
import { type Problem, sentenceOf } from "../../model/problem.ts";
import { imageSettings } from "../configured-settings.ts";
import {
  type ImageInputs,
  imagesFromElsewhere,
  type PlatformImage,
  platformImages,
  stepsOfUnknownCharts,
} from "../images/platform-images.ts";
import { hostOfReference } from "../images/reference.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/** With `krateo:imageRegistryStrict`, everything that would come from another registry. */
export function imageProblems(configuration: ResolvedConfiguration): Problem[] {
  return configuration.config.images.strict ? elsewhere(configuration, () => true) : [];
}

/** A warning for each image that comes from another registry through no choice of the user's, and for each without a login. */
export function imageWarnings(configuration: ResolvedConfiguration): string[] {
  const { strict, registry } = configuration.config.images;
  return [
    ...(strict && registry === undefined
      ? ["krateo:imageRegistryStrict has no effect: krateo:imageRegistry is not set"]
      : []),
    ...elsewhere(configuration, ({ keys }) => keys.length === 0).map(sentenceOf),
    ...notKnown(configuration).map(sentenceOf),
    ...loginProblems(configuration).map(sentenceOf),
  ];
}

/** @param isMeant Which of the images are reported. */
function elsewhere(
  configuration: ResolvedConfiguration,
  isMeant: (image: PlatformImage) => boolean,
): Problem[] {
  const settings = settingsFor(configuration);
  if (settings.images.registry === undefined) return [];
  return imagesFromElsewhere(settings)
    .filter(isMeant)
    .map((image) => redirectProblem(image, configuration));
}

/** Charts of which nobody can tell here where their images come from: no reason to stop, not even where all is to be strict. */
function notKnown(configuration: ResolvedConfiguration): Problem[] {
  const settings = settingsFor(configuration);
  if (settings.images.registry === undefined) return [];
  return stepsOfUnknownCharts(settings).map(({ id, chart }) => ({
    what: `krateo:imageRegistry does not reach step ${id}: which values of chart ${chart.name} choose its images is not known`,
    next: "set them yourself; npx krateo images shows what its templates run where helm is on the PATH",
  }));
}

function redirectProblem(image: PlatformImage, { computed }: ResolvedConfiguration): Problem {
  const { step, component, chart, keys, reference, startedBy } = image;
  if (chart === undefined) {
    return {
      what: `krateo:imageRegistry does not reach step ${step}: its object names ${reference}`,
      ...computed.find(({ id }) => id === step)?.place([]),
      next: "name the image in your own registry there",
    };
  }
  const [key] = keys;
  if (key === undefined) {
    const when = startedBy === undefined ? "" : `, started by ${startedBy}`;
    return {
      what: `krateo:imageRegistry does not reach ${reference}, which chart ${chart} (step ${step}) names in its templates${when}`,
      next: `let the nodes' container runtime get it from your registry, or leave it out: components.${component}.enabled: false`,
    };
  }
  return {
    what: `${reference} does not come from krateo:imageRegistry: step ${step} has a value of your own for it`,
    ...computed.find(({ id }) => id === step)?.place(["values", ...key.split(".")]),
    next: `take the value out (npx krateo explain ${step}.${key}), or name the image in krateo:imageRegistry there`,
  };
}

/** Pods that get no pull Secret, whatever the values say, although their image may need one. */
function loginProblems(configuration: ResolvedConfiguration): Problem[] {
  const settings = settingsFor(configuration);
  const named = configuration.config.images.pullSecrets.length > 0;
  const { pullSecrets, logins = {} } = settings.images;
  if (pullSecrets.length === 0) return [];
  const known = platformImages(settings).flatMap(({ reference, step, chart, login }): Problem[] => {
    if (chart === undefined || login === undefined || !("none" in login)) return [];
    if (!named && !Object.hasOwn(logins, hostOfReference(reference))) return [];
    return [
      {
        what: `chart ${chart} (step ${step}) hands no pull Secret on to ${login.none}: they pull ${reference} without a login`,
        next: `what helps: ${withoutPullSecret}`,
      },
    ];
  });
  const unknown = stepsOfUnknownCharts(settings).map(({ id, chart }) => ({
    what: `step ${id} gets no pull Secret: which value of chart ${chart.name} takes it is not known`,
    next: `set it yourself, to ${pullSecrets.join(", ")}`,
  }));
  return [...known, ...unknown];
}

function settingsFor({ config, steps, images }: ResolvedConfiguration): ImageInputs {
  return { steps, images: imageSettings(config, images) };
}
