import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** authn signs users in, snowplow answers the portal's calls, and their addresses are read for the frontend. */
export class Backend extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:Backend", name, parent);
  }
}
