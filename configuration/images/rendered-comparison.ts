/** Holds what is known of the charts' images against what their templates make. */
import type { Settings } from "../../model/settings.ts";
import { type PlatformImage, platformImages, stepsOfUnknownCharts } from "./platform-images.ts";

/** The complete list, and what speaks against it. */
export interface ImageList {
  readonly images: readonly PlatformImage[];
  readonly warnings: readonly string[];
}

/**
 * The platform's images, those of charts that are not known out of their templates.
 *
 * @param rendered images by step id, of the charts that could be rendered; undefined where there was no helm
 */
export function imageList(
  settings: Pick<Settings, "steps" | "images">,
  rendered: ReadonlyMap<string, readonly string[]> | undefined,
): ImageList {
  const known = platformImages(settings);
  const unknownSteps = stepsOfUnknownCharts(settings);
  const unknown = unknownSteps.flatMap(({ id, component, chart }) =>
    (rendered?.get(id) ?? []).map((reference): PlatformImage => {
      const name = [chart.name, chart.version].filter(Boolean).join(" ");
      return { reference, source: reference, step: id, component, chart: name, keys: [] };
    }),
  );
  return {
    images: [...known, ...unknown],
    warnings: [
      ...unknownSteps.flatMap(({ id, chart }) =>
        rendered?.has(id)
          ? []
          : [
              `step ${id} installs chart ${chart.name}, whose images this program does not know: none of them is in the list; with helm on the PATH they are read in its templates`,
            ],
      ),
      ...[...(rendered ?? [])].flatMap(([step, found]) =>
        unknownSteps.some(({ id }) => id === step) ? [] : differences(step, found, known),
      ),
    ],
  };
}

function differences(step: string, found: readonly string[], known: readonly PlatformImage[]): string[] {
  const own = known.filter((image) => image.step === step);
  const lacks = found.filter((one) => !own.some(({ reference }) => reference === one));
  // What an operator starts is in no manifest.
  const surplus = own.filter(
    ({ reference, startedBy }) => startedBy === undefined && !found.includes(reference),
  );
  return [
    ...lacks.map((one) => `step ${step}: its rendered manifests name ${one}, which is not in the list`),
    ...surplus.map(
      ({ reference }) =>
        `step ${step}: ${reference} is in the list, but its rendered manifests do not name it`,
    ),
  ];
}
