/**
 * The release document that upstream's `krateoctl install migrate` makes of a KrateoPlatformOps object: the same steps in
 * another form, still those of Krateo 2.7.0. What differs:
 *
 * - It holds no secret. Secrets are left out as steps and as values, since a mask in their place would be applied by
 *   upstream's CLI and take the live key away; those in the cluster stay as they are.
 * - Its components list the steps that there are, and those of the user's own are in a component of theirs, so that
 *   upstream's CLI accepts it.
 */

import { stringify } from "yaml";
import { writing } from "../configuration/yaml/go-scalars.ts";
import { pathText } from "../model/path.ts";
import { isMap, type Tree } from "../model/secret-value.ts";
import type { Json, JsonObject, Path } from "../model/settings.ts";
import { withUpstreamSet } from "./krateoctl-set.ts";
import type { LegacyType } from "./legacy-defaults.ts";
import { legacyDefaults } from "./legacy-defaults.ts";
import type { LegacyPlatform, LegacyStep } from "./legacy-platform.ts";
import { isSecret } from "./plain-value.ts";

const components: readonly [name: string, description: string, steps: RegExp][] = [
  ["backend", "Sign-in, and the API gateway", /jwt-sign-key|authn|snowplow/],
  ["eventstack", "Events of the cluster", /event|sweeper/],
  ["frontend", "The web interface", /^install-frontend$/],
  ["portal-defaults", "First pages of the portal", /portal/],
  ["composable-operations", "Compositions", /core-provider/],
  ["operator-generator", "Operators from OpenAPI documents", /oasgen/],
  ["finops", "Costs, and policies", /finops|opa/],
];

/** Component of the steps that 2.7.0 does not have. */
const ownComponent = "own-steps";

/** The document, and what is left out of it. */
export function krateoctlDocument(
  platform: LegacyPlatform,
  type: LegacyType,
): { text: string; leftOut: string[] } {
  const leftOut: string[] = [];
  const steps = platform.steps.flatMap((step) => {
    if (step.with["kind"] === "Secret") {
      leftOut.push(`step ${step.id}: its Secret stays in the cluster as it is`);
      return [];
    }
    const given = step.type === "chart" ? chartInput(step) : objectOrVariable(step, platform.namespace);
    const input = withoutSecrets(given, [], (path) =>
      leftOut.push(`step ${step.id}: ${pathText(path)}, a secret`),
    ) as JsonObject;
    return [{ id: step.id, type: step.type, ...(Object.keys(input).length > 0 && { with: input }) }];
  });
  const known = legacyDefaults(type, platform.namespace).map(({ id }) => id);
  const ids = steps.map(({ id }) => id);
  const of = (test: RegExp) => ids.filter((id) => known.includes(id) && componentOf(id) === test);
  const definition = [
    ...components.map(([name, description, test]) => [name, { description, steps: of(test) }] as const),
    [
      ownComponent,
      { description: "Steps of your own", steps: ids.filter((id) => !known.includes(id)) },
    ] as const,
  ].filter(([, component]) => component.steps.length > 0);
  const document = { componentsDefinition: Object.fromEntries(definition), steps };
  return { text: stringify(document, { ...writing, sortMapEntries: true }), leftOut };
}

function chartInput(step: LegacyStep): JsonObject {
  const { name, repository, values: _, ...rest } = step.with;
  const values = withUpstreamSet(step.given, step.set);
  return {
    ...rest,
    ...(repository !== undefined && { url: repository }),
    ...(name !== undefined && { repo: name, releaseName: rest["releaseName"] ?? name }),
    ...(Object.keys(values).length > 0 && { values }),
  };
}

function objectOrVariable(step: LegacyStep, namespace: string): JsonObject {
  if (step.type === "var") return step.with;
  const object = withUpstreamSet(step.given, step.set);
  return { ...object, metadata: { namespace, ...(object["metadata"] as JsonObject) } };
}

/** Steps of two words belong to the first component that knows one. */
function componentOf(id: string): RegExp | undefined {
  return components.find(([, , test]) => test.test(id))?.[2];
}

function withoutSecrets(value: Json, path: Path, leave: (path: Path) => void): Json {
  if (!isMap(value as Tree)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).flatMap(([key, item]) => {
      const at = [...path, key];
      if (isMap(item as Tree)) return [[key, withoutSecrets(item, at, leave)]];
      if (!isSecret(at, item)) return [[key, item]];
      leave(at);
      return [];
    }),
  );
}
