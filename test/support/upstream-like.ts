/** Documents of upstream's kind for tests that need no more: what is bundled, with every correction taken back. */
import { stringify } from "yaml";
import { bundledRelease, commonSteps, type Deviations, typeOverlay } from "../../configuration/bundle.ts";
import { bundleTokens } from "../../configuration/exposure/layer.ts";
import { parseSetPath } from "../../configuration/set-paths.ts";
import { upstreamTypes } from "../../configuration/versions/composed-release.ts";
import { withValueAt } from "../../model/path.ts";
import type { JsonObject, Path } from "../../model/settings.ts";

type Step = JsonObject & { id: string; type: string; with: JsonObject };
export interface UpstreamLike {
  componentsDefinition: Record<string, { steps: string[] }>;
  steps: Step[];
}

const tokens = bundleTokens("krateo-system", { domain: "krateoplatformops.io" }, "http://collector:4318");

/** The documents of each type that upstream has, by file name. @param change Makes a newer version of one. */
export function upstreamLike(
  change: (document: UpstreamLike, type: string) => void = () => undefined,
): Record<string, string> {
  return Object.fromEntries(
    upstreamTypes.map((type) => {
      const { root } = bundledRelease(type, tokens);
      const parts = [commonSteps(tokens), typeOverlay(type, tokens)];
      const steps = (structuredClone(root["steps"]) as Step[])
        .filter((step) => step.type !== "object")
        .map((step) => ({
          ...step,
          with: parts.reduce(
            (input, part) => takenBack(input, part.get(step.id)?.corrections ?? {}),
            step.with,
          ),
        }));
      const definition = root["componentsDefinition"] as unknown as UpstreamLike["componentsDefinition"];
      const document: UpstreamLike = {
        componentsDefinition: Object.fromEntries(
          Object.entries(definition).map(([name, { steps: ids }]) => [
            name,
            { steps: ids.filter((id) => steps.some((step) => step.id === id)) },
          ]),
        ),
        steps,
      };
      change(document, type);
      return [`krateo.${type}.yaml`, stringify(document).replaceAll("krateo-system", "{{ .Namespace }}")];
    }),
  );
}

function takenBack(input: JsonObject, corrections: Deviations): JsonObject {
  return Object.entries(corrections).reduce(
    (rest, [path, { upstream }]) => withValueAt(rest, parseSetPath(path) as Path, upstream) as JsonObject,
    input,
  );
}

/** The step of a document. */
export function stepOf({ steps }: UpstreamLike, id: string): Step {
  return steps.find((step) => step.id === id) as Step;
}
