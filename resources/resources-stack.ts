import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** Stores what happens to the platform's resources, and serves it to the portal. */
export class ResourcesStack extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:ResourcesStack", name, parent);
  }
}
