/** The stack configuration of project `krateo`: the top layer of everything. */
import { z } from "zod";
import { nearestName } from "../model/nearest.ts";
import { pathText } from "../model/path.ts";
import { ConfigurationError, type Problem, stackConfiguration } from "../model/problem.ts";
import { isMap, type Tree, type TreeObject } from "../model/secret-value.ts";
import {
  type ImageSettings,
  type Json,
  localVersion,
  type Path,
  type ReleaseType,
  releaseTypes,
} from "../model/settings.ts";
import { bundledVersion } from "./bundle.ts";
import { type DatabaseConfig, databaseKeys } from "./database-config.ts";
import { serviceNamed } from "./exposure/exposed-services.ts";
import type { ExposureConfig } from "./exposure/exposure.ts";
import { exposureKeys, namespaceName, readExposure, secretForEach } from "./exposure/keys.ts";
import { isRegistry } from "./images/reference.ts";
import { contentProblem, isKubeconfigContent } from "./kubeconfig-content.ts";
import type { RawConfig } from "./raw-config.ts";
import { type RegistryConfig, registryKeys } from "./registry-logins.ts";
import { parseShape, type ShapeProblem } from "./shape.ts";

/** The exporters add their own path to it; without a scheme they take it for https. */
const otelEndpoint = z
  .string()
  .regex(
    /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/,
    "a URL such as http://collector.monitoring.svc.cluster.local:4318",
  );

/** Where the chart that most people install a collector with puts it. */
export const defaultOtelEndpoint =
  "http://otel-collector-opentelemetry-collector.monitoring.svc.cluster.local:4318";

/** Where the platform goes when nothing else is said. */
export const defaultNamespace = "krateo-system";

const text = z.string().min(1, "a text that is not empty");

/** A list, or one text with commas in between, as `pulumi config set` gives it. */
const names = z.union([z.array(text), z.string()], "a list of names, or names with commas in between");

const registryForm = "HOST or HOST/PATH without a scheme, such as registry.example.org/krateo";

/** Without a dot or port, its first part would be taken for a user of Docker Hub. */
function isRegistryPath(given: string): boolean {
  const [host = "", ...path] = given.split("/");
  return (
    isRegistry(host) &&
    /^[a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?(:\d+)?$/.test(host) &&
    path.every((part) => /^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(part))
  );
}

/** Every key of the stack configuration, by itself: what keys mean together is judged in configuration/rules/. */
export const stackConfigSchema = z.strictObject({
  type: z.enum(releaseTypes).optional(),
  openshift: z.boolean().optional(),
  profiles: names.optional(),
  namespace: namespaceName(defaultNamespace).optional(),
  version: text.optional(),
  releaseSource: text.optional(),
  overrides: text.optional(),
  set: z.record(z.string(), z.unknown(), "a map of paths to values").optional(),
  secrets: z.enum(["generated", "external"]).optional(),
  chartMirror: text.optional(),
  imageRegistry: z.string(registryForm).refine(isRegistryPath, registryForm).optional(),
  imageRegistryStrict: z.boolean().optional(),
  imagePullSecrets: names.optional(),
  kubeconfig: text.optional(),
  context: text.optional(),
  ...exposureKeys,
  allowRemoval: names.optional(),
  allowVersion: text.optional(),
  otelEndpoint: otelEndpoint.optional(),
  ...databaseKeys,
  ...registryKeys,
  purgeVolumes: z.boolean().optional(),
});

/**
 * Every key, those below another with a dot in between and `SERVICE` for any Service's name: what the reference in
 * docs/configuration.md lists.
 */
export function stackConfigKeys(): string[] {
  const keys = Object.entries(stackConfigSchema.shape).flatMap(([key, field]) => {
    const inner = field.unwrap();
    if (!(inner instanceof z.ZodObject)) return [key];
    return Object.keys(inner.shape).map((below) => `${key}.${serviceNamed(below) ? "SERVICE" : below}`);
  });
  return [...new Set(keys)];
}

/** The stack configuration with its defaults filled in. */
export interface StackConfig extends DatabaseConfig, RegistryConfig {
  readonly type: ReleaseType;
  readonly openshift: boolean;
  readonly profiles: readonly string[];
  readonly namespace: string;
  readonly version: string;
  /** True for a release document of the user's own, false for a platform version. */
  readonly local: boolean;
  /** Where `npx krateo versions add` gets upstream's documents; undefined: from upstream. */
  readonly releaseSource?: string;
  /** Override file named by the user; undefined for the one that may be there. */
  readonly overrides?: string;
  /** Values by path from the document's root. */
  readonly set: Readonly<Record<string, Json>>;
  readonly setIsSecret: boolean;
  readonly secrets: "generated" | "external";
  readonly chartMirror?: string;
  readonly images: Omit<ImageSettings, "redirected">;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly exposure: ExposureConfig;
  readonly allowRemoval: readonly string[];
  /** Platform version that may be installed although it is older than the installed one, or skips a minor version. */
  readonly allowVersion?: string;
  /** Collector that profile monitoring sends metrics to. */
  readonly otelEndpoint?: string;
  readonly purgeVolumes: boolean;
}

/** A stack configuration, and what is wrong with its keys, each on its own. */
export interface StackReading {
  readonly config: StackConfig;
  /** Keys that have their defaults because what was given cannot be used. */
  readonly faultyKeys: ReadonlySet<string>;
  readonly keyProblems: readonly Problem[];
}

/** Reads the stack configuration. A key at fault takes its default, so that the other layers can be checked in the same run. */
export function readStackConfig(raw: RawConfig): StackReading {
  const { sound, faultyKeys, problems } = soundKeys(raw);
  const exposure = readExposure(sound);
  const { version = bundledVersion } = sound;
  const config: StackConfig = {
    type: sound.type ?? "nodeport",
    openshift: sound.openshift ?? false,
    profiles: namesOf(sound.profiles),
    namespace: sound.namespace ?? defaultNamespace,
    version,
    local: version === localVersion,
    releaseSource: sound.releaseSource,
    overrides: sound.overrides,
    set: (sound.set ?? {}) as Record<string, Json>,
    setIsSecret: raw.secretKeys.includes("set"),
    secrets: sound.secrets ?? "generated",
    chartMirror: sound.chartMirror,
    images: {
      ...(sound.imageRegistry !== undefined && { registry: sound.imageRegistry }),
      strict: sound.imageRegistryStrict ?? false,
      pullSecrets: namesOf(sound.imagePullSecrets),
    },
    kubeconfig: sound.kubeconfig,
    context: sound.context,
    exposure: exposure.config,
    allowRemoval: namesOf(sound.allowRemoval),
    allowVersion: sound.allowVersion,
    otelEndpoint: sound.otelEndpoint,
    database: sound.database,
    databaseStorage: sound.databaseStorage,
    databaseIsSecret: raw.secretKeys.includes("database"),
    registries: sound.registries ?? {},
    registriesAreSecret: raw.secretKeys.includes("registries"),
    purgeVolumes: sound.purgeVolumes ?? false,
  };
  return { config, faultyKeys, keyProblems: [...problems, ...exposure.problems] };
}

/**
 * The configuration for whoever needs only some keys of it. The others may be at fault.
 *
 * @throws ConfigurationError for those that are needed
 */
export function configFor(
  raw: RawConfig,
  needed: readonly (keyof typeof stackConfigSchema.shape)[],
): StackConfig {
  const { config, keyProblems } = readStackConfig(raw);
  const ofNeeded = keyProblems.filter(({ path }) =>
    needed.some((key) => new RegExp(`^krateo:${key}\\b`).test(path ?? "")),
  );
  if (ofNeeded.length > 0) throw new ConfigurationError(ofNeeded);
  return config;
}

/** The keys that the schema accepts, and what is wrong with the others; nothing is shown of what is stored encrypted. */
function soundKeys({ values: given, secretKeys }: RawConfig) {
  const values = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, typedValue(key, value as Tree)]),
  );
  const place = (path: Path) => ({ file: stackConfiguration, path: `krateo:${pathText(path)}` });
  const unfit: ShapeProblem[] = [
    ...Object.entries(values)
      .flatMap(([key, value]) => datesIn(value, [key]))
      .map((path) => ({ path, problem: { ...dateProblem, ...place(path) } })),
    // Its credentials go no further.
    ...(isKubeconfigContent(values["kubeconfig"])
      ? [{ path: ["kubeconfig"], problem: { ...contentProblem, ...place(["kubeconfig"]) } }]
      : []),
  ];
  const shape = parseShape(stackConfigSchema, without(values, keysOf(unfit)), place, (key, path) => {
    if (path.length > 0) return undefined;
    const nearest = nearestName(key, Object.keys(stackConfigSchema.shape));
    return `remove it with: pulumi config rm krateo:${key}${nearest ? ` (did you mean ${nearest}?)` : ""}`;
  });
  const found = [...unfit, ...shape.problems];
  const faultyKeys = keysOf(found);
  const isSecret = ({ path }: ShapeProblem): boolean => secretKeys.includes(String(path[0]));
  return {
    // What is left was accepted: the schema judges each key on its own.
    sound: without(values, faultyKeys) as z.infer<typeof stackConfigSchema>,
    faultyKeys,
    problems: found.map((one) => (isSecret(one) ? { ...one.problem, given: undefined } : one.problem)),
  };
}

function keysOf(found: readonly ShapeProblem[]): ReadonlySet<string> {
  return new Set(found.map(({ path }) => String(path[0])));
}

/** Pulumi tells only the text of a scalar: whether it is a boolean depends on the key. */
function typedValue(key: string, value: Tree): Tree {
  if (key === "tls" && (value === true || value === "true")) return secretForEach;
  const field = Object.hasOwn(stackConfigSchema.shape, key)
    ? stackConfigSchema.shape[key as keyof typeof stackConfigSchema.shape]
    : undefined;
  return field?.unwrap() instanceof z.ZodBoolean && (value === "true" || value === "false")
    ? value === "true"
    : value;
}

/** What Pulumi makes of a date that is not in quotes: Go's text of a time. */
const goTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [-+]\d{4} \S+$/;

const dateProblem = {
  what: "a date that is not in quotes: Pulumi writes it in another form",
  allowed: "text in quotes",
  next: "put it in quotes in the stack's file",
};

function datesIn(value: Tree, path: Path): Path[] {
  if (typeof value === "string") return goTime.test(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => datesIn(item, [...path, index]));
  return isMap(value) ? Object.entries(value).flatMap(([key, item]) => datesIn(item, [...path, key])) : [];
}

function without(values: TreeObject, keys: ReadonlySet<string>): TreeObject {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.has(key)));
}

/** Names of a comma-separated text, trimmed, empty ones dropped; or of a list. */
export function namesOf(given: string | readonly string[] | null | undefined): string[] {
  const items = typeof given === "string" ? given.split(",") : (given ?? []);
  return items.map((item) => item.trim()).filter((item) => item !== "");
}
