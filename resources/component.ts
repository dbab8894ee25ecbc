/** The ComponentResource of a Krateo component. */
import * as pulumi from "@pulumi/pulumi";
import { knownComponent } from "../components/catalogue.ts";

/**
 * A component of the platform: the parent of what its steps become. Children bear the ids of their steps,
 * so that a preview reads like the release document. Parentage orders nothing; `dependsOn` does, from the
 * needs of each node of the plan.
 */
export class Component extends pulumi.ComponentResource {
  /** @param name As the release document has it. One that Krateo 3.0.0 does not have gets a type token for all such. */
  constructor(name: string, parent: pulumi.Resource) {
    super(componentType(name), name, {}, { parent });
  }
}

/** The type token of a component. */
export function componentType(name: string): string {
  return knownComponent(name)?.typeToken ?? "krateo:platform:Component";
}
