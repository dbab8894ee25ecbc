/** A platform that installs within seconds: four Helm releases, without a database. */
import { components } from "../../components/catalogue.ts";
import type { JsonObject } from "../../model/settings.ts";

const off = { enabled: false };

/** Overrides that leave backend, composable-operations and operator-generator. @param components More of them. */
export function smallPlatform(components: JsonObject = {}): JsonObject {
  return {
    components: {
      cnpg: off,
      "db-maintenance": off,
      "resources-stack": off,
      "events-stack": off,
      frontend: off,
      "portal-defaults": off,
      finops: off,
      ...components,
    },
  };
}

/** The Helm releases of it. */
export const smallReleases = ["authn", "core-provider", "oasgen-provider", "snowplow"];

/** Values of `krateo:set` that leave one Helm release, oasgen-provider. */
export const oneChart: JsonObject = Object.fromEntries(
  components
    .filter(({ name }) => name !== "operator-generator")
    .map(({ name }) => [`components.${name}.enabled`, false]),
);
