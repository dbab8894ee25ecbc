import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** Stores Kubernetes events, and streams them to the portal from an address of their own. */
export class EventsStack extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:EventsStack", name, parent);
  }
}
