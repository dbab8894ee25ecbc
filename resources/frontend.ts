import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** The web interface. */
export class Frontend extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:Frontend", name, parent);
  }
}
