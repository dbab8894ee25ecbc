/** Every image that a platform runs, by what components/ says of its charts and by the objects among its steps. */
import { knownChart } from "../../components/catalogue.ts";
import type { ImageLogin } from "../../components/description.ts";
import { withValueAt } from "../../model/path.ts";
import type { ChartStep, JsonObject, Settings } from "../../model/settings.ts";
import { chosenReference, isRun, keysOf } from "./chosen-image.ts";
import { imagesIn } from "./manifest-images.ts";
import { atRegistry, isAt } from "./reference.ts";

/** An image, and why it is run. */
export interface PlatformImage {
  /** As pods name it. */
  readonly reference: string;
  /** Where it is published: what it would be without `krateo:imageRegistry`. */
  readonly source: string;
  readonly step: string;
  readonly component: string;
  /** NAME VERSION; left out for an object of the user's own. */
  readonly chart?: string;
  /** The chart's values that choose it; none for one that no value chooses. */
  readonly keys: readonly string[];
  /** Who starts it after the installation, and when. Left out: it runs as soon as the platform is installed. */
  readonly startedBy?: string;
  readonly login?: ImageLogin;
}

/** What images depend on. */
export type ImageInputs = Pick<Settings, "steps" | "images">;

/** Those of the steps that are switched on, in their order. What charts run that are not known is not among them. */
export function platformImages(settings: ImageInputs): PlatformImage[] {
  return settings.steps.flatMap((step): PlatformImage[] => {
    if (!step.enabled) return [];
    const of = { step: step.id, component: step.component };
    if (step.type === "chart") return chartImages(step, settings).map((image) => ({ ...of, ...image }));
    if (step.type === "var") return [];
    return imagesIn(step.manifest).map((reference) => ({ ...of, reference, source: reference, keys: [] }));
  });
}

/** Steps that are switched on whose chart is not known: which images they run only their templates say. */
export function stepsOfUnknownCharts({ steps }: ImageInputs): ChartStep[] {
  return steps.filter(
    (step): step is ChartStep =>
      step.type === "chart" && step.enabled && knownChart(step.chart.name) === undefined,
  );
}

/** Where `krateo:imageRegistry` has an image, whether or not values can say so: to there it is copied. */
export function copyTarget({ source }: Pick<PlatformImage, "source">, registry: string): string {
  return atRegistry(source, registry);
}

/** Images that do not come from the registry that all are to come from. */
export function imagesFromElsewhere(settings: ImageInputs): PlatformImage[] {
  const { registry } = settings.images;
  if (registry === undefined) return [];
  return platformImages(settings).filter(({ reference }) => !isAt(reference, registry));
}

type ChartImage = Omit<PlatformImage, "step" | "component">;

function chartImages(
  { id, chart, values }: ChartStep,
  { images: { redirected } }: ImageInputs,
): ChartImage[] {
  const { name, version } = chart;
  const own = redirected
    .filter(({ step }) => step === id)
    .reduce((restored, { path, from }) => withValueAt(restored, path, from) as JsonObject, values);
  return (knownChart(name)?.images ?? [])
    .filter((image) => isRun(image, values))
    .map((image) => ({
      reference: chosenReference(image, values, version),
      source: chosenReference(image, own, version),
      chart: `${name} ${version}`,
      keys: keysOf(image),
      ...(image.startedBy !== undefined && { startedBy: image.startedBy }),
      login: image.login,
    }));
}
