/** What charts hold once they are rendered with their final values: manifests, the images and the CRDs in them. */
import { parseAllDocuments } from "yaml";
import { debug } from "../../../configuration/debug.ts";
import { imagesIn } from "../../../configuration/images/manifest-images.ts";
import { isMap } from "../../../model/secret-value.ts";
import type { ChartStep, Json, JsonObject } from "../../../model/settings.ts";
import { inParallel } from "../../client/parallel.ts";
import { helmsAtOnce } from "../helm.ts";
import { supposedCapabilities } from "./capabilities.ts";
import { filled, helmTemplate } from "./helm-template.ts";

/**
 * Renders each step's chart with the helm on the PATH, without a cluster.
 *
 * @param charts path of each step's archive, by step id
 * @returns by step id, its manifests and hooks, with the CRDs that Helm installs ahead of them; without an entry for a
 *   chart that does not render
 */
export async function renderedManifests(
  steps: readonly ChartStep[],
  charts: ReadonlyMap<string, string>,
): Promise<Map<string, Json[]>> {
  const found = await inParallel(
    steps,
    async (step): Promise<[string, Json[]][]> => {
      const archive = charts.get(step.id);
      if (archive === undefined) return [];
      const chart = { step, archive, isUpgrade: false, withCrds: true, values: filled(step, {}).values };
      const result = await helmTemplate(chart, supposedCapabilities);
      if (result?.code === 0)
        return [[step.id, parseAllDocuments(result.output).map((document) => document.toJS() as Json)]];
      debug(() => [`the chart of ${step.release.name} does not render without a cluster`]);
      return [];
    },
    helmsAtOnce,
  );
  return new Map(found.flat());
}

/** The images of manifests and hooks, but for those of `helm test`. */
export function imagesOfManifests(manifests: readonly Json[]): string[] {
  return [...new Set(manifests.filter((manifest) => !isTest(manifest)).flatMap(imagesIn))];
}

/** The definitions of kinds among manifests, by name. */
export function crdsOfManifests(manifests: readonly Json[]): Map<string, JsonObject> {
  return new Map(
    manifests.flatMap((manifest): [string, JsonObject][] => {
      if (!isMap(manifest) || manifest["kind"] !== "CustomResourceDefinition") return [];
      const { metadata, spec } = manifest;
      const name = isMap(metadata) ? metadata["name"] : undefined;
      return typeof name === "string" && isMap(spec) ? [[name, spec]] : [];
    }),
  );
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
