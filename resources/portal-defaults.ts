import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** The portal's first pages and accounts, made of kinds that frontend, snowplow and authn bring. */
export class PortalDefaults extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:PortalDefaults", name, parent);
  }
}
