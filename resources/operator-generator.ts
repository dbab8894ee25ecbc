import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** oasgen-provider, which makes operators from OpenAPI documents. */
export class OperatorGenerator extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:OperatorGenerator", name, parent);
  }
}
