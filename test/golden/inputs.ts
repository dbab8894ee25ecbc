/** What the goldens are made from: each type, and each profile on the type it suits, by the golden's name. */
import { bundledProfiles, typesFor } from "../../profiles/bundle.ts";
import type { RawConfig } from "../../profiles/stack-config.ts";

export interface GoldenInput {
  readonly name: string;
  readonly config: RawConfig;
}

const typeConfig: Readonly<Record<string, Record<string, unknown>>> = {
  nodeport: { type: "nodeport" },
  loadbalancer: { type: "loadbalancer" },
  ingress: { type: "ingress", domain: "krateo.example.org" },
};

/** Settings that a profile cannot do without. */
const profileConfig: Readonly<Record<string, Record<string, unknown>>> = {
  "no-cnpg": {
    set: Object.fromEntries(
      [
        "db-maintenance.stepConfig.install-deviser",
        "resources-stack.stepConfig.install-resources-ingester",
        "resources-stack.stepConfig.install-resources-presenter",
        "events-stack.stepConfig.install-events-ingester",
        "events-stack.stepConfig.install-events-presenter",
      ].map((step) => [`components.${step}.helmValues.config.DB_HOST`, "postgres.example.org"]),
    ),
  },
};

export const goldenInputs: readonly GoldenInput[] = [
  ...Object.entries(typeConfig).map(([type, values]) => ({ name: type, config: { values, secretKeys: [] } })),
  ...bundledProfiles.map((profile) => {
    const type = typesFor(profile)?.[0] ?? "nodeport";
    const values = { ...typeConfig[type], ...profileConfig[profile], profiles: profile };
    return { name: `${type}.${profile}`, config: { values, secretKeys: [] } };
  }),
];
