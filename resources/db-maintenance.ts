import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** deviser, which makes the tables and keeps their partitions within bounds. */
export class DbMaintenance extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:DbMaintenance", name, parent);
  }
}
