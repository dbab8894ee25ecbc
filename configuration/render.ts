import { Document, visit } from "yaml";
import type { JsonObject, Settings, Step } from "../model/settings.ts";
import { writing } from "./yaml/go-scalars.ts";

/**
 * The complete resolved document in upstream's format, secrets masked: settings merged into their
 * steps, defaults spelled out. Saved as krateo.yaml it resolves to the same steps, but for secrets.
 * Variables stay as `${NAME}`, since they are read while installing.
 */
export function renderDocument(settings: Settings): string {
  const stored = new Map(settings.snapshot.steps.map((step) => [step["id"], step["with"]]));
  const componentsDefinition = Object.fromEntries(
    settings.components.map(({ name, description, enabled, steps }) => [
      name,
      { ...(description === undefined ? {} : { description }), ...(enabled ? {} : { enabled }), steps },
    ]),
  );
  const steps = settings.steps.map((step) => ({
    id: step.id,
    type: step.type,
    with: { ...defaultsOf(step), ...((stored.get(step.id) ?? {}) as JsonObject) },
  }));
  const profiles = settings.profiles.length === 0 ? "no profile" : `profiles ${settings.profiles.join(", ")}`;
  return [
    `# Krateo PlatformOps ${settings.platformVersion}, type ${settings.type}, ${profiles}, namespace ${settings.namespace}.`,
    "# Resolved from the stack configuration, overrides and profiles.",
    withoutTokens({ componentsDefinition, steps }),
  ].join("\n");
}

/** As YAML; text that would be taken for a token in the file is written so that it is not (see template.ts). */
function withoutTokens(root: unknown): string {
  const isToken = /\{\{( ?\.Namespace ?\}\})/g;
  const document = new Document(root, writing);
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && scalar.value.search(isToken) >= 0) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ ...writing, lineWidth: 0 }).replace(isToken, "{\\x7b$1");
}

function defaultsOf(step: Step): JsonObject {
  if (step.type !== "chart") return {};
  return {
    releaseName: step.release.name,
    namespace: step.release.namespace,
    wait: step.wait,
    timeout: `${step.timeoutSeconds}s`,
    maxHistory: step.maxHistory,
  };
}
