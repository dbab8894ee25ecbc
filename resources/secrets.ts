/** The three Secrets that the charts read. */
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword.js";
import type { SecretName } from "../components/secrets.ts";
import type { Settings } from "../model/settings.ts";
import { makesDatabase } from "../plan/database-secrets.ts";
import type { PlanNode } from "../plan/plan.ts";
import { adoption, marker } from "./adoption.ts";
import type { BuildContext } from "./build-context.ts";

/**
 * 43 characters of the base64url alphabet carry 256 bits, and are safe in a URL, in which the charts' services
 * put the database password.
 */
const strength = { length: 43, special: true, overrideSpecial: "-_" };

/** Owner of the database; the release document's Cluster names the same role. */
const databaseUser = "krateo-db-user";

/**
 * The Secrets that the charts read. Values are made once and never change by themselves: the passwords
 * live encrypted in the state, the Secrets' contents are never updated, and a Secret that exists is adopted
 * with the value it has. The passwords are made even if no Secret takes them, and never imported: an
 * import would put the value in clear in the state.
 *
 * The login to a database of the user's own is never made: krateo-db exists then, or follows the stack configuration.
 */
export class Secrets extends pulumi.ComponentResource {
  private readonly signKey: RandomPassword;
  private readonly databasePassword: RandomPassword | undefined;

  constructor(parent: pulumi.Resource, settings: Settings) {
    super("krateo:platform:Secrets", "secrets", {}, { parent });
    this.signKey = new RandomPassword("jwt-sign-key", strength, { parent: this });
    this.databasePassword = makesDatabase(settings.steps)
      ? new RandomPassword("krateo-db", strength, { parent: this })
      : undefined;
  }

  create(build: BuildContext, node: PlanNode): Secret {
    const name = node.id as SecretName;
    const { namespace } = build.settings;
    const existing = build.inventory.secrets[name];
    const options = adoption(existing, `${namespace}/${name}`, ["metadata"]);
    const follows = name === "krateo-db" && build.settings.database?.login && existing?.ours !== false;
    const kept = follows ? [] : ["data", "stringData", "type", "immutable"];
    return new Secret(
      name,
      {
        metadata: { name, namespace, ...marker(existing) },
        type: "Opaque",
        stringData: this.contents(build, name),
      },
      {
        parent: this,
        dependsOn: build.needsOf(node),
        hooks: build.guarded,
        ...options,
        ignoreChanges: [...kept, ...(options.ignoreChanges ?? [])],
      },
    );
  }

  /** If just one of the two Secrets of a database that is made exists, the other gets the same login. */
  private contents(build: BuildContext, name: SecretName): Record<string, pulumi.Input<string>> {
    if (name === "jwt-sign-key") return { JWT_SIGN_KEY: this.signKey.result };
    const configured = build.settings.database?.login;
    if (configured) return { DB_USER: configured.user, DB_PASS: pulumi.secret(configured.password) };
    const { "krateo-db": login, "krateo-db-user": role } = build.inventory.secrets;
    const user = login?.data["DB_USER"] ?? role?.data["username"] ?? databaseUser;
    const livePassword = login?.data["DB_PASS"] ?? role?.data["password"];
    // Without either, only a preview that cannot see the cluster comes here: an empty password is never installed.
    const password = livePassword === undefined ? this.databasePassword?.result : pulumi.secret(livePassword);
    if (password === undefined) return {};
    return name === "krateo-db" ? { DB_USER: user, DB_PASS: password } : { username: user, password };
  }
}
