/** The shape of a release document and of an override file; the same for both, but for two keys. */
import { z } from "zod";
import type { Problem } from "../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import type { Path } from "../model/settings.ts";
import { parseShape } from "./shape.ts";

const map = z.record(z.string(), z.unknown());

const stepConfig = z.strictObject({ helmValues: map.optional(), with: map.optional() });

const component = z.strictObject({
  description: z.string().nullish(),
  enabled: z.boolean().nullish(),
  steps: z.array(z.string()).nullish(),
  helmDefaults: z.looseObject({ with: map.nullish() }).nullish(),
  stepConfig: z.record(z.string(), stepConfig.nullable()).nullish(),
});

const step = z.strictObject({
  id: z.string().min(1, "a name that no other step has"),
  type: z.enum(["chart", "var", "object"]),
  skip: z.boolean().nullish(),
  with: map.nullish(),
});

/** A step in an override: of a known one, only what changes. */
const stepChange = step.partial({ type: true });

const module = z.strictObject({
  enabled: z.boolean().nullish(),
  chart: z
    .strictObject({
      repository: z.string().nullish(),
      url: z.string().nullish(),
      name: z.string().nullish(),
      chart: z.string().nullish(),
      namespace: z.string().nullish(),
    })
    .nullish()
    .refine((chart) => !chart || chart.repository || chart.url, "repository or url")
    .refine((chart) => !chart?.repository || chart.name || chart.chart, "name or chart beside repository"),
});

const sections = {
  componentsDefinition: z.record(z.string(), component.nullable()).nullish(),
  components: z.record(z.string(), component.nullable()).nullish(),
  steps: z.array(step).nullish(),
  modules: z.record(z.string(), module.nullable()).nullish(),
};

/** `krateo.yaml` */
const releaseDocument = z.strictObject(sections);

/** `krateo-overrides.<profile>.yaml`, and an entry of `profiles` */
const profileDocument = releaseDocument.extend({ steps: z.array(stepChange).nullish() });

/** `krateo-overrides.yaml` */
const overridesDocument = profileDocument.extend({
  profile: z.string().nullish(),
  profiles: z.record(z.string(), profileDocument.nullable()).nullish(),
});

/** By kind of document. */
export const documentSchemas = {
  release: releaseDocument,
  profile: profileDocument,
  overrides: overridesDocument,
};

/** First segments of a path into the document. */
export const documentKeys: readonly string[] = Object.keys(sections);

export type Place = (path: Path) => Pick<Problem, "file" | "line" | "path">;

/**
 * Checks a document on its own: keys and types at every level, down to `with` and values, which depend
 * on the step. What is wrong is left out of `usable`, so that the checks after this one can go on.
 */
export function checkDocument(
  kind: keyof typeof documentSchemas,
  root: TreeObject,
  place: Place,
): { problems: Problem[]; usable: TreeObject } {
  const { problems: found } = parseShape(documentSchemas[kind], root, place, adviceFor);
  if (found.length === 0) return { problems: [], usable: root };
  const usable = found.toReversed().reduce<Tree>((tree, { path }) => without(tree, path), root);
  return { problems: found.map(({ problem }) => problem), usable: isMap(usable) ? usable : {} };
}

function adviceFor(key: string, at: Path, nearest: string | undefined): string | undefined {
  const path = at[0] === "profiles" ? at.slice(2) : at;
  const [section, component, , step] = path;
  if (nearest === undefined && (section === "components" || section === "componentsDefinition")) {
    const below = `${section}.${component}.stepConfig.${path.length === 4 ? step : "STEP"}.helmValues.${key}`;
    if (path.length === 4) return `if it is a value of the chart, write ${below}`;
    if (path.length === 2) {
      return `if it is a value of all charts of the component, write ${section}.${component}.helmDefaults.${key}; of one chart, ${below}`;
    }
  }
  if (path[0] === "steps" && path.length === 2 && ["if", "enabled"].includes(key)) {
    return "skip: true leaves a step out; components.NAME.enabled: false a whole component";
  }
  if (at.length === 0 && ["profile", "profiles"].includes(key)) {
    return "profiles are named in krateo-overrides.yaml or in the stack configuration";
  }
  return undefined;
}

/** List items become null instead, so that the paths of later ones keep their meaning. */
function without(tree: Tree, path: Path): Tree {
  const [segment, ...rest] = path;
  if (Array.isArray(tree)) {
    return tree.map((item, index) =>
      index === segment ? (rest.length === 0 ? null : without(item, rest)) : item,
    );
  }
  if (!isMap(tree) || typeof segment !== "string") return tree;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, item]) => {
      if (key !== segment) return [[key, item]];
      return rest.length === 0 ? [] : [[key, without(item, rest)]];
    }),
  );
}
