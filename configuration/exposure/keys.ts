/** The keys of the stack configuration that say how the platform is reached from outside the cluster. */
import { z } from "zod";
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { ReleaseType } from "../../model/settings.ts";
import { browserServices, exposableServices, outputName, serviceNamed } from "./exposed-services.ts";
import type { Annotations, ExposureConfig, TlsConfig } from "./exposure.ts";
import { nodePortRange } from "./node-address.ts";

/** One value for each Service, under its name or as the stack's outputs spell it. */
function perService<T extends z.ZodType>(value: T) {
  const names = exposableServices.flatMap(({ name }) => [name, outputName(name)]);
  return z.strictObject(Object.fromEntries(names.map((name) => [name, value.optional()])));
}

/** Becomes a host or part of one; a scheme or port in it would make hosts that no Ingress accepts. */
const domainName = (example: string) =>
  z
    .string()
    .max(200, "a domain name of up to 200 characters")
    .regex(
      /^(?=.)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      `a domain name such as ${example}`,
    );

/** Goes between http:// and a port. */
const nodeAddress = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/,
    "an IP address or host name; IPv6 in brackets",
  );

/** Any other port is refused when the Service is made. */
const { first, last } = nodePortRange;
const portRange = `a whole number from ${first} to ${last}, without quotes`;
const nodePort = z.int(portRange).min(first, portRange).max(last, portRange);

/** A Secret, an issuer or a class: the API refuses other names only when the object is made. */
const objectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "a name of lower-case letters, digits, dots and dashes");

/** A Namespace: longer or dotted ones fail only when the first object in it is made. */
export const namespaceName = (example: string) =>
  z
    .string()
    .regex(
      /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
      `up to 63 lower-case letters, digits and dashes, such as ${example}`,
    );

const annotationMap = z.record(z.string(), z.string("text in quotes"));

/** Whether a text can be the key of an annotation. */
function isAnnotationKey(text: string): boolean {
  const [name, prefix] = text.split("/").reverse();
  return (
    text.split("/").length <= 2 &&
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name as string) &&
    (prefix === undefined || /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(prefix))
  );
}

const annotations = z.record(
  z.string(),
  z.union([z.string(), annotationMap], "text in quotes, or for a Service's name a map of texts in quotes"),
);

/** The part of the stack configuration's schema that is about exposure. */
export const exposureKeys = {
  domain: domainName("krateo.example.org").optional(),
  nodeAddress: nodeAddress.optional(),
  nodePorts: perService(nodePort).optional(),
  loadBalancerAddress: z.enum(["ip", "hostname"]).optional(),
  serviceAnnotations: annotations.optional(),
  expose: z
    .union([z.array(z.string()), z.string()], "a list of names, or names with commas in between")
    .optional(),
  hosts: perService(domainName("app.example.org")).optional(),
  ingressClass: objectName.optional(),
  ingressAnnotations: annotations.optional(),
  gateway: z
    .strictObject(
      { name: objectName, namespace: namespaceName("gateways").optional(), listener: objectName.optional() },
      "a map with name, and with namespace and listener where they are needed",
    )
    .optional(),
  gatewayClass: objectName.optional(),
  gatewayAnnotations: annotationMap.optional(),
  tls: z
    .strictObject(
      {
        secretName: z
          .union(
            [objectName, perService(objectName)],
            "a Secret's name, or a map of Services to Secrets' names",
          )
          .optional(),
        secretNamespace: namespaceName("certificates").optional(),
        clusterIssuer: objectName.optional(),
        external: z.boolean("true or false, without quotes").optional(),
      },
      "true, or a map with one of secretName, clusterIssuer, external",
    )
    .optional(),
};

/** Which types a key is for; one that is not listed is for all. */
export const typesOfKey: Readonly<Record<string, readonly ReleaseType[]>> = {
  nodePorts: ["nodeport"],
  loadBalancerAddress: ["loadbalancer"],
  serviceAnnotations: ["loadbalancer"],
  expose: ["nodeport", "loadbalancer", "ingress", "gateway"],
  domain: ["ingress", "gateway", "routes"],
  hosts: ["ingress", "gateway", "routes"],
  ingressClass: ["ingress"],
  ingressAnnotations: ["ingress"],
  gateway: ["gateway"],
  gatewayClass: ["gateway"],
  gatewayAnnotations: ["gateway"],
  tls: ["ingress", "gateway"],
};

/** The keys of a stack configuration that mean something to a type: what is left when another type is tried on it. */
export function keysFor<T>(type: ReleaseType, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => typesOfKey[key]?.includes(type) ?? true),
  );
}

/** `krateo:tls true`: each host has a Secret of its own, SERVICE-tls, that is the user's work. */
export const secretForEach = {
  secretName: Object.fromEntries(exposableServices.map(({ name }) => [name, `${name}-tls`])),
};

/** The keys as the schema reads them. */
export type ExposureInput = z.infer<z.ZodObject<typeof exposureKeys>>;

/** The keys that are given, ready for use. Faulty ones have been left out by then. */
export function readExposure(given: ExposureInput): { config: ExposureConfig; problems: Problem[] } {
  const problems: Problem[] = [];
  const config: ExposureConfig = {
    ...(given.domain !== undefined && { domain: given.domain }),
    ...(given.nodeAddress !== undefined && { nodeAddress: given.nodeAddress }),
    nodePorts: byName("nodePorts", given.nodePorts, problems),
    ...(given.loadBalancerAddress && { loadBalancerAddress: given.loadBalancerAddress }),
    serviceAnnotations: readAnnotations("serviceAnnotations", given.serviceAnnotations, problems),
    expose: readExpose(given.expose, problems),
    hosts: byName("hosts", given.hosts, problems),
    ...(given.ingressClass !== undefined && { ingressClass: given.ingressClass }),
    ingressAnnotations: readAnnotations("ingressAnnotations", given.ingressAnnotations, problems),
    ...(given.gateway && { gateway: given.gateway }),
    ...(given.gatewayClass !== undefined && { gatewayClass: given.gatewayClass }),
    gatewayAnnotations: readGatewayAnnotations(given.gatewayAnnotations, problems),
    ...(given.tls && { tls: readTls(given.tls, problems) }),
    given: Object.keys(exposureKeys).filter((key) => given[key as keyof ExposureInput] !== undefined),
  };
  return { config, problems };
}

function byName<T>(
  key: string,
  given: Readonly<Record<string, T | undefined>> | undefined,
  problems: Problem[],
): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [text, value] of Object.entries(given ?? {})) {
    const name = serviceNamed(text)?.name as string;
    if (value === undefined) continue;
    if (name in result) {
      problems.push({
        what: `${name} is named twice`,
        file: stackConfiguration,
        path: `krateo:${key}`,
        given: `${name} and ${outputName(name)}`,
        next: "name it once, in either spelling",
      });
    }
    result[name] = value;
  }
  return result;
}

function readAnnotations(
  key: string,
  given: ExposureInput["serviceAnnotations"],
  problems: Problem[],
): Annotations {
  const all: Record<string, string> = {};
  const byService: Record<string, Record<string, string>> = {};
  for (const [text, value] of Object.entries(given ?? {})) {
    const service = serviceNamed(text)?.name;
    const place = { file: stackConfiguration, path: `krateo:${key}.${text}` };
    if (typeof value === "string") {
      if (service === undefined) all[text] = value;
      else
        problems.push({
          what: `${text} is a Service, and its annotations are a map`,
          ...place,
          allowed: "a map of texts in quotes",
        });
    } else if (service === undefined) {
      const allowed = exposableServices.map(({ name }) => name);
      problems.push({
        what: `annotations for something that is not a Service: "${text}"`,
        ...place,
        allowed,
      });
    } else {
      byService[service] = { ...byService[service], ...value };
    }
    for (const annotation of typeof value === "string" ? [text] : Object.keys(value)) {
      if (service === undefined && typeof value !== "string") continue;
      problems.push(...annotationProblems(annotation, place.path));
    }
  }
  return { all, byService };
}

/** There is one Gateway: no annotation is for a Service's alone. */
function readGatewayAnnotations(
  given: ExposureInput["gatewayAnnotations"] = {},
  problems: Problem[],
): Record<string, string> {
  for (const key of Object.keys(given)) {
    problems.push(...annotationProblems(key, `krateo:gatewayAnnotations.${key}`));
  }
  return given;
}

function annotationProblems(key: string, path: string): Problem[] {
  if (isAnnotationKey(key)) return [];
  return [
    {
      what: `"${key}" cannot be an annotation`,
      file: stackConfiguration,
      path,
      allowed: "a name of up to 63 letters, digits, dots, dashes and underscores, after a domain and a slash",
    },
  ];
}

function readExpose(given: ExposureInput["expose"], problems: Problem[]): string[] {
  const names = (typeof given === "string" ? given.split(",") : (given ?? []))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.flatMap((text) => {
    const name = serviceNamed(text)?.name;
    if (name !== undefined) return [name];
    problems.push({
      what: `there is no Service "${text}" to expose`,
      file: stackConfiguration,
      path: "krateo:expose",
      allowed: exposableServices.filter((one) => one.role === "internal").map((one) => one.name),
      next: `${browserServices.map((one) => one.name).join(", ")} are reachable without it`,
    });
    return [];
  });
}

function readTls(given: NonNullable<ExposureInput["tls"]>, problems: Problem[]): TlsConfig {
  const { secretName, secretNamespace, clusterIssuer, external = false } = given;
  return {
    ...(secretName !== undefined && {
      secretName:
        typeof secretName === "string" ? secretName : byName("tls.secretName", secretName, problems),
    }),
    ...(secretNamespace !== undefined && { secretNamespace }),
    ...(clusterIssuer !== undefined && { clusterIssuer }),
    external,
  };
}
