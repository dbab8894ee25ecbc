/** A sound configuration as the one value that everything downstream reads. */
import { withoutLogins } from "../model/describe.ts";
import { deepFreeze } from "../model/freeze.ts";
import type { ImageSettings, Settings } from "../model/settings.ts";
import { externalDatabase } from "./database-config.ts";
import { exposedServices } from "./exposure/exposure.ts";
import type { MergedDocument } from "./merged-document.ts";
import type { ResolvedConfiguration } from "./resolved-configuration.ts";
import { snapshotOf } from "./snapshot.ts";
import type { StackConfig } from "./stack-config.ts";

export function settingsOf(
  { config, profiles, document, components, computed, steps, images }: ResolvedConfiguration,
  warnings: readonly string[],
): Settings {
  const { type, namespace, exposure } = config;
  const database = externalDatabase(config);
  return deepFreeze({
    type: config.type,
    openshift: profiles.includes("openshift"),
    profiles,
    namespace,
    platformVersion: config.version,
    secrets: config.secrets,
    allowRemoval: config.allowRemoval,
    ...(config.allowVersion === undefined ? {} : { allowVersion: config.allowVersion }),
    purgeVolumes: config.purgeVolumes,
    charts: {
      ...(config.chartMirror !== undefined && { mirror: config.chartMirror }),
      ...(Object.keys(config.registries).length > 0 && { logins: config.registries }),
    },
    images: imageSettings(config, images),
    cluster: {
      ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
      ...(config.context === undefined ? {} : { context: config.context }),
    },
    ...(exposure.nodeAddress === undefined ? {} : { nodeAddress: exposure.nodeAddress }),
    ...(exposure.domain === undefined ? {} : { domain: exposure.domain }),
    exposure: {
      services: exposedServices(type, exposure).map(({ name }) => name),
      https: type === "routes" || exposure.tls !== undefined || profiles.includes("tls"),
      ...(exposure.loadBalancerAddress && { loadBalancerAddress: exposure.loadBalancerAddress }),
    },
    ...(database === undefined ? {} : { database }),
    components: components.map(({ name, description, enabled, steps }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      enabled,
      steps,
    })),
    steps,
    snapshot: snapshotOf(document, computed, config.version),
    warnings: warnings.map(withoutLogins),
  });
}

/** What the keys say, and what follows from them. */
export function imageSettings(
  config: Pick<StackConfig, "images">,
  { redirected, pullSecrets, logins }: MergedDocument["images"],
): ImageSettings {
  return { ...config.images, redirected, pullSecrets, ...(logins && { logins }) };
}
