/** `krateo images`: lists every image that a stack will run. */
import { Command, Option } from "commander";
import type { PlatformImage } from "../configuration/images/platform-images.ts";
import { type ImageList, imageList } from "../configuration/images/rendered-comparison.ts";
import { amount } from "../model/amount.ts";
import { pathText } from "../model/path.ts";
import { ConfigurationError, type Problem, ReportableError, stackConfiguration } from "../model/problem.ts";
import type { ChartStep, Settings } from "../model/settings.ts";
import { copyFormats, type ImageFormat, imageFormats, inFormat } from "./image-formats.ts";
import { withStackOptions } from "./options.ts";
import { plainTable } from "./plain-table.ts";
import { type ClusterOptions, type Session, stackSettings } from "./session.ts";

interface ImagesOptions extends ClusterOptions {
  readonly why?: boolean;
  readonly json?: boolean;
  readonly format: ImageFormat;
}

/** `krateo images`: the images of a stack, for a look or for a tool that copies them. */
export function imagesCommand(session: Session): Command {
  return withStackOptions(new Command("images"))
    .description(
      "Lists every image that the stack will run, those that operators start later included, with the values of the stack. " +
        "Where helm is on the PATH, the list is compared with what the charts' templates make of these values; for this it fetches " +
        "charts that are not there yet. Needs no cluster.",
    )
    .option("--why", "a table with chart, step, the values that choose the image, and who starts it later")
    .option(
      "--json",
      "{images: [{reference, source, step, component, chart, keys, startedBy, login}], warnings: []}; source is where it is published",
    )
    .addOption(
      new Option("--format <format>", "list, or what a tool takes that copies images to krateo:imageRegistry")
        .choices(imageFormats)
        .default("list")
        .conflicts(["why", "json"]),
    )
    .addHelpText(
      "after",
      `
Examples:
  npx krateo images --why
  npx krateo images --format skopeo | sh
  npx krateo images --format hauler > images.yaml && hauler store sync --filename images.yaml

Exit codes: 0 listed, 1 the configuration is wrong, or --format ${copyFormats.join(" or ")} without krateo:imageRegistry.`,
    )
    .action(async (options: ImagesOptions) => {
      const settings = await stackSettings(options, session);
      const { registry } = settings.images;
      if (registry === undefined && copyFormats.includes(options.format)) {
        throw new ConfigurationError([noTarget(options.format)]);
      }
      for (const warning of settings.warnings) session.note(`warning: ${warning}`);
      const { images, warnings } = await completeList(settings, session);
      if (options.json) session.print(JSON.stringify({ images: images.map(asJson), warnings }, undefined, 2));
      else if (options.why) session.print(whyTable(images));
      else session.print(inFormat(options.format, images, { version: settings.platformVersion, registry }));
    });
}

/** The list, held against rendered charts where there is a helm; says on the way what was compared, and what is wrong. */
export async function completeList(settings: Settings, session: Session): Promise<ImageList> {
  const list = imageList(settings, await rendered(settings, session));
  for (const warning of list.warnings) session.note(`warning: ${warning}`);
  return list;
}

async function rendered(
  settings: Settings,
  session: Session,
): Promise<ReadonlyMap<string, string[]> | undefined> {
  const [{ helmVersion }, { imagesOfManifests, renderedManifests }, { fetchArchives }] = await Promise.all([
    import("../cluster/checks/rendering/helm-template.ts"),
    import("../cluster/checks/rendering/rendered-manifests.ts"),
    import("../charts/fetch.ts"),
  ]);
  const helm = await helmVersion();
  if (helm === undefined) {
    session.note("not compared with the charts' templates: there is no helm on the PATH");
    return undefined;
  }
  const steps = settings.steps.filter((step): step is ChartStep => step.type === "chart" && step.enabled);
  try {
    const archives = await fetchArchives(steps, {
      directory: session.directory,
      ...settings.charts,
      say: session.note,
    });
    const found = await renderedManifests(steps, archives);
    session.note(
      `compared with what helm ${helm} makes of ${found.size} of ${amount(steps.length, "chart")}`,
    );
    return new Map([...found].map(([step, manifests]) => [step, imagesOfManifests(manifests)]));
  } catch (error) {
    if (!(error instanceof ReportableError)) throw error;
    session.note(`not compared with the charts' templates:\n${error.message}`);
    return undefined;
  }
}

function noTarget(format: ImageFormat): Problem {
  return {
    what: `--format ${format} writes commands that copy to krateo:imageRegistry, which is not set`,
    file: stackConfiguration,
    path: "krateo:imageRegistry",
    allowed: "HOST or HOST/PATH",
    next: "pulumi config set krateo:imageRegistry registry.example.org/krateo, or take --format list",
  };
}

function asJson(image: PlatformImage) {
  return { ...image, login: loginKey(image) ?? null };
}

/** The value that names its pull Secrets. */
function loginKey({ login }: PlatformImage): string | undefined {
  return login !== undefined && "at" in login ? pathText(login.at) : undefined;
}

function whyTable(images: readonly PlatformImage[]): string {
  return plainTable(
    ["IMAGE", "CHART", "STEP", "VALUES", "STARTED BY"],
    images.map(({ reference, chart, step, keys, startedBy }) => [
      reference,
      chart ?? "an object of your own",
      step,
      keys.join(", ") || "none: it cannot be changed",
      startedBy ?? "the installation",
    ]),
  );
}
