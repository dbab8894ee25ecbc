import type * as pulumi from "@pulumi/pulumi";
import { Component } from "./component.ts";

/** The PostgreSQL operator, the database cluster, and the gate that opens when the database answers. */
export class Cnpg extends Component {
  constructor(name: string, parent: pulumi.Resource) {
    super("krateo:platform:Cnpg", name, parent);
  }
}
