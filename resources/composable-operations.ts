import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** core-provider, which turns Helm charts into compositions. */
export class ComposableOperations extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:ComposableOperations", name, parent);
  }
}
