import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import packageFile from "../../package.json" with { type: "json" };

const folder = join(import.meta.dirname, "..", "..", "gitops");
const read = (path: string): string => readFileSync(join(folder, path), "utf8");
const documents = (path: string): unknown[] =>
  parseAllDocuments(read(path)).map((document) => document.toJS());

interface Stack {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: {
    prerequisites?: { name: string }[];
    workspaceTemplate: { spec: Record<string, unknown> };
  };
}

/** Paths and content of the rendered example, ring by ring. */
const hub = globSync("pko/hub/*/*.yaml", { cwd: folder })
  .toSorted()
  .map((path) => ({ path, stack: parse(read(path)) as Stack }));
const ringLabel = "krateo.io/ring";
const rings = [...new Set(hub.map(({ stack }) => stack.metadata.labels[ringLabel]))];

const metadata = z.strictObject({ name: z.string(), namespace: z.string() });

describe("the files below gitops/", () => {
  it("say what they are for, in the first line that is not for a program", () => {
    for (const path of globSync(["**/*.{yaml,yml,sh}", "**/Dockerfile"], { cwd: folder })) {
      const [first = ""] = read(path)
        .split("\n")
        .filter((line) => !/^(#!|# yaml-language-server:|# syntax=)/.test(line));
      assert.match(first, /^# \w/, path);
    }
  });
});

describe("the Stack of one cluster", () => {
  it("has the workspace of a rendered one, but for its state, its kubeconfig and its names", () => {
    const [stack] = documents("pko/one-cluster.yaml").filter(
      (one) => (one as { kind: string }).kind === "Stack",
    );
    const [rendered] = hub;
    const common = (template: unknown): unknown =>
      JSON.parse(
        JSON.stringify(template, (key, value) => {
          if (key === "securityContext" && value.fsGroup !== undefined) return undefined;
          if (!Array.isArray(value)) return value;
          if (key === "command") return value.slice(0, 1);
          return value.filter(
            (item) => !["state", "kubeconfig", "KUBECONFIG", "PULUMI_BACKEND_URL"].includes(item.name),
          );
        }),
      );
    assert.deepEqual(
      common((stack as Stack).spec.workspaceTemplate),
      common(rendered?.stack.spec.workspaceTemplate),
    );
  });
});

describe("Argo CD's ApplicationSet", () => {
  const schema = z.strictObject({
    apiVersion: z.literal("argoproj.io/v1alpha1"),
    kind: z.literal("ApplicationSet"),
    metadata,
    spec: z.strictObject({
      goTemplate: z.literal(true),
      goTemplateOptions: z.tuple([z.literal("missingkey=error")]),
      generators: z.tuple([
        z.strictObject({
          git: z.strictObject({
            repoURL: z.url(),
            revision: z.string(),
            files: z.tuple([z.strictObject({ path: z.string() })]),
          }),
        }),
      ]),
      strategy: z.strictObject({
        type: z.literal("RollingSync"),
        rollingSync: z.strictObject({
          steps: z.array(
            z.strictObject({
              matchExpressions: z.tuple([
                z.strictObject({ key: z.string(), operator: z.literal("In"), values: z.array(z.string()) }),
              ]),
              maxUpdate: z
                .string()
                .regex(/^\d+%$/)
                .optional(),
            }),
          ),
        }),
      }),
      syncPolicy: z.strictObject({ preserveResourcesOnDeletion: z.boolean() }),
      template: z.strictObject({
        metadata: z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
        spec: z.strictObject({
          project: z.string(),
          source: z.strictObject({
            repoURL: z.url(),
            targetRevision: z.string(),
            path: z.string(),
            directory: z.strictObject({ include: z.string() }),
          }),
          destination: z.strictObject({ server: z.url(), namespace: z.string() }),
          // RollingSync synchronises by itself: an automated policy would only be a warning in a log.
          syncPolicy: z.strictObject({ syncOptions: z.array(z.string()) }),
        }),
      }),
    }),
  });
  const { spec } = schema.parse(parse(read("argocd/applicationset.yaml")));

  it("takes the files that fleet render writes", () => {
    const [{ git }] = spec.generators;
    const taken = globSync(git.files[0].path, { cwd: join(folder, "..") }).toSorted();
    assert.deepEqual(
      taken.map((path) => `gitops/${path.replace(/^gitops\//, "")}`),
      hub.map(({ path }) => `gitops/${path}`),
    );
  });

  it("has a step for each ring of the fleet, in its order, by a label that the template gives", () => {
    const steps = spec.strategy.rollingSync.steps.flatMap(({ matchExpressions: [one] }) => {
      assert.ok(Object.hasOwn(spec.template.metadata.labels, one.key));
      return one.values;
    });
    assert.deepEqual(steps, rings);
  });

  it("asks of a Stack only what it has", () => {
    const text = JSON.stringify(spec.template).replaceAll('\\"', '"');
    const asked = [...text.matchAll(/\{\{ (.*?) \}\}/g)].map(([, token]) => token);
    assert.deepEqual([...new Set(asked)].toSorted(), [
      ".metadata.name",
      ".metadata.namespace",
      ".path.filename",
      ".path.path",
      `index .metadata.labels "${ringLabel}"`,
    ]);
    for (const { stack } of hub) {
      assert.ok(stack.metadata.name && stack.metadata.namespace);
      assert.ok(stack.metadata.labels[ringLabel]);
    }
  });

  it("has a patch of Argo CD's ConfigMap with a health check", () => {
    const patch = z.strictObject({
      data: z.strictObject({ "resource.customizations.health.pulumi.com_Stack": z.string() }),
    });
    const lua = Object.values(patch.parse(parse(read("argocd/health.yaml"))).data).join();
    for (const status of ["Healthy", "Progressing", "Degraded"]) assert.ok(lua.includes(`"${status}"`));
  });
});

describe("Flux's objects", () => {
  const source = z.strictObject({ kind: z.literal("GitRepository"), name: z.string() });
  const repository = z.strictObject({
    apiVersion: z.literal("source.toolkit.fluxcd.io/v1"),
    kind: z.literal("GitRepository"),
    metadata,
    spec: z.strictObject({ interval: z.string(), url: z.url(), ref: z.strictObject({ branch: z.string() }) }),
  });
  const kustomization = z.strictObject({
    apiVersion: z.literal("kustomize.toolkit.fluxcd.io/v1"),
    kind: z.literal("Kustomization"),
    metadata,
    spec: z.strictObject({
      interval: z.string(),
      timeout: z.string(),
      path: z.string(),
      prune: z.boolean(),
      wait: z.literal(true),
      dependsOn: z.array(z.strictObject({ name: z.string() })).optional(),
      healthCheckExprs: z.tuple([
        z.strictObject({
          apiVersion: z.literal("pulumi.com/v1"),
          kind: z.literal("Stack"),
          inProgress: z.string(),
          failed: z.string(),
          current: z.string(),
        }),
      ]),
      sourceRef: source,
    }),
  });
  const [first, ...others] = documents("flux/fleet.yaml");
  const git = repository.parse(first);
  const kustomizations = others.map((document) => kustomization.parse(document));

  it("apply one ring after the other, from the folders that fleet render writes", () => {
    assert.deepEqual(
      kustomizations.map(({ spec }) => basename(spec.path).replace(/^\d+-/, "")),
      rings,
    );
    for (const [index, { spec }] of kustomizations.entries()) {
      assert.ok(existsSync(join(folder, "..", spec.path)), spec.path);
      assert.equal(spec.sourceRef.name, git.metadata.name);
      const before = kustomizations[index - 1]?.metadata.name;
      assert.deepEqual(spec.dependsOn, before === undefined ? undefined : [{ name: before }]);
      assert.deepEqual(spec.healthCheckExprs, kustomizations[0]?.spec.healthCheckExprs);
    }
  });

  it("tell of every ring that does not succeed", () => {
    const alert = z.strictObject({
      apiVersion: z.literal("notification.toolkit.fluxcd.io/v1beta3"),
      kind: z.literal("Alert"),
      metadata,
      spec: z.strictObject({
        providerRef: z.strictObject({ name: z.string() }),
        eventSeverity: z.literal("error"),
        eventSources: z.array(z.strictObject({ kind: z.literal("Kustomization"), name: z.string() })),
      }),
    });
    const provider = z.strictObject({
      apiVersion: z.literal("notification.toolkit.fluxcd.io/v1beta3"),
      kind: z.literal("Provider"),
      metadata,
      spec: z.strictObject({
        type: z.literal("slack"),
        channel: z.string(),
        address: z.url(),
        secretRef: z.strictObject({ name: z.string() }),
      }),
    });
    const [chat, told] = documents("flux/notification.yaml");
    const { spec } = alert.parse(told);
    assert.equal(spec.providerRef.name, provider.parse(chat).metadata.name);
    assert.deepEqual(
      spec.eventSources.map(({ name }) => name),
      kustomizations.map((one) => one.metadata.name),
    );
  });
});

describe("the image", () => {
  it("takes no lock that may be a live run's: what runs before a workspace never cancels", () => {
    assert.doesNotMatch(read("image/prepare.sh"), /^\s*[^#]*pulumi cancel/m);
  });

  it("has the Pulumi and the plugins that package.json pins", () => {
    assert.equal(
      /^ARG PULUMI_VERSION=(\S+)$/m.exec(read("image/Dockerfile"))?.[1],
      packageFile.dependencies["@pulumi/pulumi"],
    );
    const plugins = /^ {2}for name in (.+); do$/m.exec(read("image/build.sh"))?.[1]?.split(" ");
    const packages = Object.keys(packageFile.dependencies)
      .filter((name) => name.startsWith("@pulumi/") && name !== "@pulumi/pulumi")
      .map((name) => name.replace("@pulumi/", ""));
    assert.deepEqual(plugins?.toSorted(), packages.toSorted());
  });
});
