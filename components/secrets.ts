import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import type { PlanNode, secretNames } from "../profiles/plan.ts";
import { adoption, marker } from "./adoption.ts";
import type { Site } from "./site.ts";

type SecretName = (typeof secretNames)[number];

/**
 * 43 characters of the base64url alphabet carry 256 bits, and are safe in a URL, in which the charts' services
 * put the database password.
 */
const strength = { length: 43, special: true, overrideSpecial: "-_" };

/** Owner of the database; the release document's Cluster names the same role. */
const databaseUser = "krateo-db-user";

/**
 * The three Secrets that the charts read. Values are made once and never change by themselves: the passwords
 * live encrypted in the state, the Secrets' contents are never updated, and a Secret that exists is adopted
 * with the value it has. The passwords are always made, even if no Secret takes them, and never imported: an
 * import would put the value in clear in the state.
 */
export class Secrets extends pulumi.ComponentResource {
  private readonly signKey: RandomPassword;
  private readonly databasePassword: RandomPassword;

  constructor(parent: pulumi.Resource) {
    super("krateo:platform:Secrets", "secrets", {}, { parent });
    this.signKey = new RandomPassword("jwt-sign-key", strength, { parent: this });
    this.databasePassword = new RandomPassword("krateo-db", strength, { parent: this });
  }

  create(site: Site, node: PlanNode): void {
    const name = node.id as SecretName;
    const { namespace } = site.settings;
    const existing = site.inventory.secrets[name];
    const options = adoption(existing, `${namespace}/${name}`, ["metadata"]);
    const secret = new Secret(
      name,
      {
        metadata: { name, namespace, ...marker(existing) },
        type: "Opaque",
        stringData: this.contents(site, name),
      },
      {
        parent: this,
        dependsOn: site.needsOf(node),
        ...options,
        ignoreChanges: ["data", "stringData", "type", "immutable", ...(options.ignoreChanges ?? [])],
      },
    );
    site.built(node, [secret]);
  }

  /** If just one of the two database Secrets exists, the other gets the same login. */
  private contents(site: Site, name: SecretName): Record<string, pulumi.Input<string>> {
    if (name === "jwt-sign-key") return { JWT_SIGN_KEY: this.signKey.result };
    const { "krateo-db": login, "krateo-db-user": role } = site.inventory.secrets;
    const user = login?.data["DB_USER"] ?? role?.data["username"] ?? databaseUser;
    const livePassword = login?.data["DB_PASS"] ?? role?.data["password"];
    const password = livePassword === undefined ? this.databasePassword.result : pulumi.secret(livePassword);
    return name === "krateo-db" ? { DB_USER: user, DB_PASS: password } : { username: user, password };
  }
}
