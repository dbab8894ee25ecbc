import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  checkRendering,
  type Remembered,
  type RenderingFindings,
} from "../../../../cluster/checks/rendering/check-rendering.ts";
import type { ExistingRelease, Inventory } from "../../../../model/inventory.ts";
import { pathText } from "../../../../model/path.ts";
import type { ChartStep, Settings, Step } from "../../../../model/settings.ts";
import { emptyInventory } from "../../../support/inventory.ts";
import { chartStep, settingsOf } from "../../../support/settings.ts";
import { type Handler, holding, withApiServer } from "../../api-server.ts";
import { type HelmAnswer, type HelmStart, withHelm } from "../../helm-stand-in.ts";

/** What a chart's templates hold, which counts where they look objects up. */
const plain = "{{ .Values.size }}";

const version: HelmAnswer = { output: "v3.21.4\n" };
/** What helm answers when it fails. */
export const fails = (errors: string): HelmAnswer => ({ errors, code: 1 });

/** What an API server says of itself. */
export const discovered = {
  "/version": { gitVersion: "v1.33.1" },
  "/apis": {
    items: [
      {
        metadata: { name: "apps" },
        versions: [
          {
            version: "v1",
            resources: [
              { resource: "deployments", responseKind: { group: "", version: "", kind: "Deployment" } },
              { resource: "statefulsets", responseKind: { group: "", version: "", kind: "StatefulSet" } },
            ],
          },
        ],
      },
      { metadata: { name: "metrics.k8s.io" }, versions: [{ version: "v1beta1" }] },
    ],
  },
};

/** What is rendered, and what cluster and helm answer. */
export interface Case {
  readonly steps?: readonly Step[];
  readonly settings?: Partial<Settings>;
  /** By the name of the release, beside what answers to `version`; default: all render. */
  readonly helm?: Readonly<Record<string, HelmAnswer>> | "none";
  readonly releases?: Readonly<Record<string, string>>;
  readonly unreachable?: boolean;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly template?: string;
  readonly remembered?: Remembered;
}

interface Result {
  readonly findings: RenderingFindings;
  /** Those that rendered. */
  readonly starts: readonly HelmStart[];
  readonly requests: readonly string[];
}

/** The step of the chart that is rendered. */
export const web = (given: Partial<ChartStep> = {}): ChartStep => chartStep("install-web", given);
const forgetful: Remembered = { has: () => false, keep: async () => {} };

/** Checks the rendering of a case. */
export async function check(given: Case): Promise<Result> {
  const { steps = [web()], helm = {}, cluster = discovered } = given;
  const folder = await mkdtemp(join(tmpdir(), "krateo-archives-"));
  const charts = new Map(steps.map(({ id }) => [id, join(folder, `${id}.tgz`)]));
  for (const file of charts.values()) await writeFile(file, gzipSync(given.template ?? plain));
  const releases = Object.entries(given.releases ?? {}).map(
    ([name, status]) => [name, { status } as ExistingRelease] as const,
  );
  const inventory: Inventory = {
    ...emptyInventory,
    releases: Object.fromEntries(releases),
    ...(given.unreachable && { unreachable: "no answer" }),
  };
  const handler: Handler = holding(cluster);
  const own =
    helm === "none" ? [] : Object.entries(helm).map(([name, answer]) => [`template ${name} `, answer]);
  const answers = helm === "none" ? undefined : { version, template: {}, ...Object.fromEntries(own) };
  let result: Result | undefined;
  try {
    await withHelm(answers, (starts) =>
      withApiServer(handler, async (connection, requests) => {
        const findings = await checkRendering(connection, settingsOf(steps, given.settings), {
          inventory,
          charts,
          place: (id, path) => ({ file: "krateo-overrides.yaml", line: 7, path: `${id} ${pathText(path)}` }),
          remembered: given.remembered ?? forgetful,
        });
        const rendered = (await starts()).filter(({ args }) => args[0] === "template");
        result = { findings, starts: rendered, requests: [...requests] };
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  assert.ok(result);
  return result;
}
