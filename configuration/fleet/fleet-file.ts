/** FLEET.yaml: which clusters there are, in which rings, with which configuration; its shape, and how it is read. */
import { z } from "zod";
import { durationForm, secondsOf } from "../../model/go-duration.ts";
import { pathText } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import type { Path } from "../../model/settings.ts";
import { namespaceName } from "../exposure/keys.ts";
import { parseShape } from "../shape.ts";
import type { TextFile } from "../yaml/text-file.ts";
import { parseFile } from "../yaml/yaml-file.ts";

/** Names that are used where the file gives none. */
export const defaults = {
  namespace: "krateo-fleet",
  credentials: "krateo-backend",
  serviceAccount: "krateo-workspace",
};

const text = z.string().min(1, "a text that is not empty");

/**
 * A cluster, which is also the name of its Stack. The operator refuses longer ones; a Service that it makes begins with
 * the name, so it begins with a letter.
 */
const clusterName = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/,
    "up to 42 lower-case letters, digits and dashes, a letter first, such as paris-1",
  );

const ringName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "up to 63 lower-case letters, digits and dashes, such as canary",
  );

const objectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "a name of lower-case letters, digits, dots and dashes");

const duration = z.string(durationForm).refine((given) => secondsOf(given) !== undefined, durationForm);

/** What the API server takes for a label; it refuses other ones only when the Stack is made. */
const label = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const labels = z.record(
  z
    .string()
    .regex(
      /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      "the key of a label",
    ),
  z.string("text in quotes").regex(label, "up to 63 letters, digits, dashes, dots and underscores"),
  "a map of labels",
);

/**
 * A new tag is what makes the operator update a cluster: with the same one it would do nothing, and each pod might run
 * something else.
 */
const image = z
  .string()
  .regex(
    /^[^\s@]+\/[^\s/:@]+(:(?!latest$)[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
    "HOST/PATH with a tag other than latest, or a digest, such as registry.example.org/krateo-installer:1.0.0",
  );

/** A folder would be lost with the pod. */
const backend = z
  .string()
  .regex(
    /^(s3|gs|azblob|https):\/\/\S+$/,
    "s3://, gs:// or azblob:// for a bucket, https:// for Pulumi Cloud (https://app.pulumi.com) or one of your own",
  );

/** A key of a Secret beside the Stacks. */
export const secretKey = z.strictObject({ secret: objectName, key: text });

const settings = {
  config: z
    .record(z.string(), z.unknown(), "a map of keys of the stack configuration")
    .optional()
    .describe(
      "stack configuration, keys without a prefix; a ring's wins over the fleet's, a cluster's over its ring's",
    ),
  secretConfig: z
    .record(z.string(), secretKey, "a map of keys of the stack configuration")
    .optional()
    .describe(
      "secret values of the stack configuration: for each key, the Secret beside the Stacks that holds the text, `{secret, key}`",
    ),
};

const ring = z.strictObject({
  name: ringName.describe("name of the ring"),
  after: ringName
    .nullish()
    .describe("the ring that must have succeeded; default: the one before it in the list; `null`: none"),
  within: duration
    .optional()
    .describe("how recently it must have succeeded, such as `24h`; default: at any time"),
  match: labels.optional().describe("the clusters with these labels are in this ring"),
  ...settings,
});

const cluster = z.strictObject({
  name: clusterName.describe("name of the cluster, of its Stack and of Pulumi's stack"),
  labels: labels.optional().describe("its labels, which its Stack gets, too"),
  ring: ringName.optional().describe("its ring, where no ring matches its labels"),
  kubeconfig: secretKey
    .optional()
    .describe(
      "the Secret with its kubeconfig; default: `{secret: NAME-kubeconfig, key: value}`, as Cluster API names it",
    ),
  ...settings,
});

/** FLEET.yaml as users write it. */
export const fleetSchema = z.strictObject({
  image: image.describe("image of [gitops/image/](../gitops/image/), with a tag or digest"),
  backend: backend.describe(
    "where Pulumi keeps the state: `s3://`, `gs://`, `azblob://`, or `https://` for Pulumi Cloud",
  ),
  secretsProvider: text
    .optional()
    .describe(
      "what encrypts secrets in the state, such as `awskms://alias/krateo?region=eu-west-1`; default: the backend's own, a passphrase for buckets",
    ),
  organization: text
    .optional()
    .describe("organization in Pulumi Cloud; stacks are then `ORGANIZATION/krateo/CLUSTER`"),
  namespace: namespaceName(defaults.namespace)
    .optional()
    .describe(`namespace of the Stacks; default: \`${defaults.namespace}\``),
  credentials: objectName
    .optional()
    .describe(
      `Secret whose keys are environment variables of each run: logins of backend and secrets provider; default: \`${defaults.credentials}\``,
    ),
  serviceAccount: objectName
    .optional()
    .describe(`ServiceAccount of the runs' pods; default: \`${defaults.serviceAccount}\``),
  resync: duration
    .optional()
    .describe("how often each cluster runs although nothing has changed, such as `1h`; default: never"),
  ...settings,
  rings: z.array(ring, "a list of rings").min(1, "at least one ring").describe("the rings, in their order"),
  clusters: z.array(cluster, "a list of clusters").min(1, "at least one cluster").describe("the clusters"),
});

/** Markdown table of the keys, for docs/gitops.md. */
export function fleetKeyTable(): string {
  const rows = [
    ["", fleetSchema] as const,
    ["rings[].", ring] as const,
    ["clusters[].", cluster] as const,
  ].flatMap(([prefix, schema]) =>
    Object.entries(schema.shape)
      // They say the same wherever they stand.
      .filter(([key]) => prefix === "" || !Object.hasOwn(settings, key))
      .map(([key, { description }]) => `| \`${prefix}${key}\` | ${description} |`),
  );
  return ["| key | meaning |", "| --- | --- |", ...rows].join("\n");
}

export type Fleet = z.infer<typeof fleetSchema>;
/** What the fleet, a ring and a cluster say of the stack configuration. */
export type FleetSettings = Pick<Fleet, "config" | "secretConfig">;
export type SecretKey = z.infer<typeof secretKey>;
export type FleetRing = z.infer<typeof ring>;
export type FleetCluster = z.infer<typeof cluster>;

/** Where something stands in FLEET.yaml. */
export type FleetPlace = (path: Path) => Pick<Problem, "file" | "line" | "path">;

/** A fleet as it was read; what is wrong with its form alone, each with its place. */
export interface FleetReading {
  /** Undefined when there are problems. */
  readonly fleet?: Fleet;
  readonly place: FleetPlace;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** @param name the file as the user knows it */
export function readFleet(given: TextFile, name: string): FleetReading {
  const nowhere: FleetPlace = (path) => ({ file: name, path: pathText(path) });
  if ("problem" in given) return { place: nowhere, problems: [given.problem], warnings: [] };
  const { source, problems, warnings } = parseFile(given.text, name, {});
  if (source === undefined) return { place: nowhere, problems, warnings };
  const place: FleetPlace = (path) => ({ ...nowhere(path), line: source.lineOf(path) });
  const shape = parseShape(fleetSchema, source.root, place);
  return { fleet: shape.value, place, problems: shape.problems.map(({ problem }) => problem), warnings };
}
