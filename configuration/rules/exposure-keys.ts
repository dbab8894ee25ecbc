/** Whether the keys of the stack configuration for exposure go together, with each other and with the type. */

import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { ReleaseType } from "../../model/settings.ts";
import { exposableServices } from "../exposure/exposed-services.ts";
import {
  type ByService,
  type ExposureConfig,
  exposedServices,
  hostOf,
  nodePortsOf,
} from "../exposure/exposure.ts";
import { keysFor, typesOfKey } from "../exposure/keys.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import type { StackReading } from "../stack-config.ts";
import { collisions } from "./collisions.ts";

/** Keys that mean nothing to the type, or to a release document of the user's own, which says itself how it is exposed. */
export function misplacedKeys({ config: { type, local, exposure } }: StackReading): Problem[] {
  return exposure.given.flatMap((key) => misplacedKey(key, type, local));
}

/** Two Services on one node port, as the keys say it. */
export function nodePortProblems({ config: { type, local, exposure } }: StackReading): Problem[] {
  if (type !== "nodeport" || local) return [];
  return collisions(nodePortsOf(exposure), ([, port]) => port).map(
    ({ owner: [{ name: owner }], item: [{ name }, port] }) => ({
      what: `${owner} and ${name} have the same node port, ${port}`,
      file: stackConfiguration,
      path: `krateo:nodePorts.${exposure.nodePorts[name] === undefined ? owner : name}`,
      next: "give one of them another port; a Service that is not named keeps its own",
    }),
  );
}

/** Hosts that are missing or used twice. */
export function hostProblems({ config: { type, local, exposure } }: StackReading): Problem[] {
  if (local) return [];
  if (type === "routes") return sharedHosts(exposure, type);
  return type === "ingress" || type === "gateway"
    ? [...missingHosts(exposure, type), ...sharedHosts(exposure, type)]
    : [];
}

/** Settings of Services that nobody outside would ever see. */
export function hiddenServices({ config: { type, local, exposure } }: StackReading): Problem[] {
  if (local) return [];
  const exposed = exposedServices(type, exposure).map(({ name }) => name);
  const byService: Readonly<Record<string, ByService<unknown>>> = {
    nodePorts: exposure.nodePorts,
    serviceAnnotations: exposure.serviceAnnotations.byService,
    hosts: exposure.hosts,
    ingressAnnotations: exposure.ingressAnnotations.byService,
  };
  return Object.entries(keysFor(type, byService)).flatMap(([key, values]) =>
    Object.keys(values)
      .filter((name) => !exposed.includes(name))
      .map((name) => ({
        what: `krateo:${key} names ${name}, which is not reachable from outside`,
        file: stackConfiguration,
        path: `krateo:${key}.${name}`,
        next: `take it out, or expose the Service with: pulumi config set krateo:expose ${name}`,
      })),
  );
}

/** Services that are to be reachable, of components that are switched off. */
export function disabledServices({ config: { exposure }, components }: ResolvedConfiguration): Problem[] {
  return exposableServices
    .filter(({ name }) => exposure.expose.includes(name))
    .filter(({ component }) => components.some(({ name, enabled }) => name === component && !enabled))
    .map(({ name, component }) => ({
      what: `krateo:expose names ${name}, but component ${component} is switched off`,
      file: stackConfiguration,
      path: "krateo:expose",
      next: `take ${name} out, or switch ${component} on`,
    }));
}

function misplacedKey(key: string, type: ReleaseType, local: boolean): Problem[] {
  const types = typesOfKey[key];
  const place = { file: stackConfiguration, path: `krateo:${key}` };
  const remove = `pulumi config rm krateo:${key}`;
  // Two keys that were never an error there: see unused-settings.ts.
  if (key === "nodeAddress" || (key === "domain" && (type === "loadbalancer" || local))) return [];
  if (types !== undefined && !types.includes(type)) {
    return [
      {
        what: `krateo:${key} has no meaning for type ${type}`,
        ...place,
        given: `type ${type}`,
        allowed: types,
        next: `take it out with ${remove}, or set krateo:type to ${types.join(" or ")}`,
      },
    ];
  }
  if (!local) return [];
  return [
    {
      what: `krateo:${key} is about a platform version, and krateo:version names your own release document`,
      ...place,
      next: `${remove}, and write it into your release document or krateo-overrides.yaml`,
    },
  ];
}

function missingHosts(config: ExposureConfig, type: ReleaseType): Problem[] {
  const services = exposedServices(type, config);
  const without = services.filter((service) => hostOf(service, config) === undefined);
  if (without.length === 0) return [];
  const all = without.length === services.length;
  return [
    {
      what: all
        ? `type ${type} needs a domain for its hosts`
        : `there is no host for ${without.map(({ name }) => name).join(", ")}`,
      file: stackConfiguration,
      path: all ? "krateo:domain" : "krateo:hosts",
      allowed: all ? "a domain name such as krateo.example.org" : "a host for each, or krateo:domain",
      next: "pulumi config set krateo:domain krateo.example.org",
    },
  ];
}

function sharedHosts(config: ExposureConfig, type: ReleaseType): Problem[] {
  const services = exposedServices(type, config);
  return collisions(services, (service) => hostOf(service, config)).map(({ owner, item }) => ({
    what: `${owner.name} and ${item.name} have the same host, ${hostOf(item, config)}`,
    file: stackConfiguration,
    path: "krateo:hosts",
    next: "give each a host of its own: all of them answer at /",
  }));
}
