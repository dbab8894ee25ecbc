import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** Cost data: its database, exporters, notebooks, and the policy engine. The one component whose removal must wait within itself, see gate.ts. */
export class Finops extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:Finops", name, parent);
  }
}
