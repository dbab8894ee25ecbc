import type { Problem } from "../../model/problem.ts";
import { bundledVersion } from "../bundle.ts";
import { documentSteps } from "../resolved-components.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";

/**
 * A document without steps would install nothing, and say so at the end of a run that was a success. One that has lost
 * its steps to a problem in its file is not judged.
 */
export function emptyDocumentProblems({
  document,
  release,
  documentFindings: { problems },
}: ResolvedConfiguration): Problem[] {
  const file = release?.source.file;
  if (documentSteps(document).length > 0 || file === undefined) return [];
  if (problems.some((problem) => problem.file === file)) return [];
  return [
    {
      what: "the release document has no steps: there is nothing to install",
      file,
      allowed:
        "componentsDefinition, with the steps of each component, and steps, each with id, type (chart, var or object) and with",
      next: `fill it in, or set krateo:version to ${bundledVersion}: npx krateo render then prints the bundled one to begin with`,
    },
  ];
}
