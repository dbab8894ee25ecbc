import * as pulumi from "@pulumi/pulumi";
import { knownComponent } from "../components/catalogue.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { BuildContext } from "./build-context.ts";
import { createGate } from "./gate.ts";
import { createObject } from "./object.ts";
import { createRelease } from "./release.ts";
import { createRoute } from "./route.ts";
import { createService } from "./service.ts";
import { readVariable } from "./variable.ts";

/**
 * A component of the platform: the parent of what its steps become. Children bear the ids of their steps,
 * so that a preview reads like the release document. Parentage orders nothing; `dependsOn` does, from the
 * needs of each node of the plan.
 */
export class Component extends pulumi.ComponentResource {
  /** @param name As the release document has it. One that Krateo 3.0.0 does not have gets a type token for all such. */
  constructor(name: string, parent: pulumi.Resource) {
    super(knownComponent(name)?.typeToken ?? "krateo:platform:Component", name, {}, { parent });
  }

  /** Makes what one node of the plan stands for: a Helm release, an object, a variable's value or a gate. */
  create(build: BuildContext, node: PlanNode): void {
    if (node.kind === "gate") {
      build.built(node, [createGate(build, node, this)]);
      return;
    }
    const step = build.step(node.id);
    if (step.type === "chart") {
      build.built(node, [createRelease(build, step, node, this)]);
    } else if (step.type === "object") {
      const own = step.manifest.kind === "Service" && step.manifest.apiVersion === "v1";
      const create = own ? createService : node.kind === "route" ? createRoute : createObject;
      build.built(node, [create(build, step, node, this)]);
    } else {
      const after = build.needsOf(node);
      build.setVariable(step.name, readVariable(build, step, after));
      build.built(node, after);
    }
  }
}
