/** Images that charts name once they are rendered with their final values. */
import { parseAllDocuments } from "yaml";
import { debug } from "../../../configuration/debug.ts";
import { imagesIn } from "../../../configuration/images/manifest-images.ts";
import { isMap } from "../../../model/secret-value.ts";
import type { ChartStep, Json } from "../../../model/settings.ts";
import { inParallel } from "../../client/parallel.ts";
import { helmsAtOnce } from "../helm.ts";
import { supposedCapabilities } from "./capabilities.ts";
import { filled, helmTemplate } from "./helm-template.ts";

/**
 * Renders each step's chart with the helm on the PATH, without a cluster.
 *
 * @param charts path of each step's archive, by step id
 * @returns by step id, the images of its manifests and hooks but for those of `helm test`; without an entry for a chart
 *   that does not render
 */
export async function renderedImages(
  steps: readonly ChartStep[],
  charts: ReadonlyMap<string, string>,
): Promise<Map<string, string[]>> {
  const found = await inParallel(
    steps,
    async (step): Promise<[string, string[]][]> => {
      const archive = charts.get(step.id);
      if (archive === undefined) return [];
      const chart = { step, archive, isUpgrade: false, values: filled(step, {}).values };
      const result = await helmTemplate(chart, supposedCapabilities);
      if (result?.code === 0) return [[step.id, imagesOfManifests(result.output)]];
      debug(() => [`the chart of ${step.release.name} does not render without a cluster`]);
      return [];
    },
    helmsAtOnce,
  );
  return new Map(found.flat());
}

/** @param text Documents of YAML as `helm template` writes them. */
function imagesOfManifests(text: string): string[] {
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Json);
  return [...new Set(manifests.filter((manifest) => !isTest(manifest)).flatMap(imagesIn))];
}

/** Only `helm test` runs it, which nothing here does. */
function isTest(manifest: Json): boolean {
  const metadata = isMap(manifest) ? manifest["metadata"] : undefined;
  const annotations = isMap(metadata) ? metadata["annotations"] : undefined;
  const hook = isMap(annotations) ? annotations["helm.sh/hook"] : undefined;
  return (
    typeof hook === "string" && hook.split(",").every((one) => /^\s*test(-success|-failure)?\s*$/.test(one))
  );
}
