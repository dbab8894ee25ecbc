/** What is wrong with the Secrets that the cluster holds, beside what the settings ask for. */

import { databaseStep } from "../components/catalogue.ts";
import { registryLogin, type SecretName, secretKeys } from "../components/secrets.ts";
import { type Inventory, objectKey } from "../model/inventory.ts";
import type { Problem } from "../model/problem.ts";
import { differenceOf, oddCharacter, type SecretContent, unusableKeys } from "../model/secret-content.ts";
import { secretMask } from "../model/secret-value.ts";
import type { Settings } from "../model/settings.ts";
import { makesDatabase, secretNamesOf } from "./database-secrets.ts";

interface DatabaseRole {
  readonly name?: string;
  readonly passwordSecret?: { readonly name?: string };
}

/** All of it; never with a value. */
export function secretProblems(settings: Settings, inventory: Inventory): Problem[] {
  const problems: Problem[] = [];
  for (const name of secretNamesOf(settings)) {
    const existing = inventory.secrets[name];
    if (!existing) {
      if (inventory.unreachable) continue;
      if (settings.secrets === "external") problems.push(absentSecret(settings, name));
      else if (name === "krateo-db" && !makesDatabase(settings.steps) && !settings.database?.login)
        problems.push(absentLogin(settings));
      continue;
    }
    const unusable = unusableKeys(existing, secretKeys[name]);
    if (unusable.length > 0) {
      const keys = [...Object.keys(existing.data), ...(existing.binary ?? [])];
      problems.push({
        what: `Secret ${settings.namespace}/${name}: ${unusable.join(", ")}`,
        given: `keys ${keys.join(", ") || "(none)"}`,
        allowed: secretKeys[name],
        next: "put a text there; its other keys are never touched",
      });
    }
  }
  return [
    ...problems,
    ...disagreement(settings, inventory),
    ...otherLogin(settings, inventory),
    ...otherRole(settings, inventory),
  ];
}

/** Krateo 2.7.0 gives its signing key 12 random characters; what is shorter can be found by trying. */
const shortestSignKey = 12;

/** What may be meant, and mostly is not. Never with a value. */
export function secretWarnings(settings: Settings, inventory: Inventory): Problem[] {
  const { namespace, database } = settings;
  const signKey = inventory.secrets["jwt-sign-key"]?.data["JWT_SIGN_KEY"];
  const odd = (place: string, text: string | undefined): Problem[] => {
    const how = text && oddCharacter(text);
    return how
      ? [{ what: `${place} ${how}, which is a part of it`, next: "if that is not meant, set it again" }]
      : [];
  };
  return [
    ...(signKey && signKey.length < shortestSignKey
      ? [
          {
            what:
              `Secret ${namespace}/jwt-sign-key: JWT_SIGN_KEY has fewer than ${shortestSignKey} characters: a user who is logged in can find it ` +
              "by trying, and sign an administrator's session",
            next: "give it a long random text; then everybody must log in again",
          },
        ]
      : []),
    ...secretNamesOf(settings)
      .filter((name) => name !== "jwt-sign-key")
      .flatMap((name) =>
        secretKeys[name].flatMap((key) =>
          odd(`Secret ${namespace}/${name}: ${key}`, inventory.secrets[name]?.data[key]),
        ),
      ),
    ...odd("krateo:database.user", database?.login?.user),
    ...odd("krateo:database.password", database?.login?.password),
    ...foreignRegistryLogin(settings, inventory),
  ];
}

/** One that somebody else made is never changed, so the configured logins have no effect. */
function foreignRegistryLogin({ namespace, images }: Settings, { objects }: Inventory): Problem[] {
  const hosts = Object.keys(images.logins ?? {});
  const existing = objects[objectKey("v1", "Secret", namespace, registryLogin)];
  if (hosts.length === 0 || !existing || existing.ours) return [];
  return [
    {
      what: `Secret ${namespace}/${registryLogin} was there before and stays as it is: images are pulled with the login in it, and not with that of krateo:registries for ${hosts.join(", ")}`,
      next: `if that is not meant: kubectl delete secret ${registryLogin} -n ${namespace}; then pulumi up --refresh makes it from krateo:registries`,
    },
  ];
}

function absentSecret(settings: Settings, name: SecretName): Problem {
  return {
    what: `Secret ${settings.namespace}/${name} does not exist, and krateo:secrets is external`,
    allowed: secretKeys[name],
    next: "create it before the installation, or set krateo:secrets to generated",
  };
}

/** A login that is made up would be none of the user's database's. */
function absentLogin({ namespace }: Settings): Problem {
  return {
    what: `Secret ${namespace}/krateo-db does not exist, and the program does not generate the login to your own database`,
    allowed: secretKeys["krateo-db"],
    next:
      `create it (kubectl create secret generic krateo-db -n ${namespace} --from-literal=DB_USER=… --from-literal=DB_PASS=…), ` +
      "or set both: pulumi config set --path krateo:database.user USER; pulumi config set --secret --path krateo:database.password",
  };
}

/** A krateo-db that somebody else made is never changed, so the configuration would have no effect. */
function otherLogin({ database, namespace, secrets }: Settings, inventory: Inventory): Problem[] {
  const existing = inventory.secrets["krateo-db"];
  if (!database?.login || !existing) return [];
  const { user, password } = database.login;
  const differing = differences(
    ["user name", existing.data["DB_USER"], user],
    // The command line does not decrypt: what it knows of the password is its mask.
    ["password", existing.data["DB_PASS"], password === secretMask ? existing.data["DB_PASS"] : password],
  );
  if (differing.length === 0) return [];
  if (existing.ours && secrets === "generated") {
    if (!existing.immutable) return [];
    return [
      {
        what: `Secret ${namespace}/krateo-db is marked as immutable, and krateo:database asks for another ${differing.join(" and another ")}`,
        next: `kubectl delete secret krateo-db -n ${namespace}; pulumi up --refresh makes it anew from krateo:database`,
      },
    ];
  }
  return [
    {
      what: `Secret ${namespace}/krateo-db was there before and holds another login than krateo:database: another ${differing.join(" and another ")}`,
      next: "make them agree, or take user and password out of krateo:database: what somebody else made is not changed",
    },
  ];
}

/** In what the two Secrets of a database that is made differ, in words; undefined when they agree, or are not both there. */
export function disagreementOf(
  { steps }: Settings,
  { "krateo-db": login, "krateo-db-user": role }: Readonly<Record<string, SecretContent | undefined>>,
): string | undefined {
  if (!makesDatabase(steps) || !login || !role) return undefined;
  const differing = differences(
    ["user names", login.data["DB_USER"], role.data["username"]],
    ["passwords", login.data["DB_PASS"], role.data["password"]],
  );
  return differing.length > 0 ? differing.join(" and ") : undefined;
}

/** Of pairs that should be equal, the names of those that are not. */
function differences(...pairs: readonly [string, string | undefined, string | undefined][]): string[] {
  return pairs.flatMap(([name, one, other]) => {
    const how = differenceOf(one, other);
    return how === undefined ? [] : [how === "" ? name : `${name} (${how})`];
  });
}

function disagreement(settings: Settings, inventory: Inventory): Problem[] {
  const differing = disagreementOf(settings, inventory.secrets);
  if (differing === undefined) return [];
  return [
    {
      what: `Secrets krateo-db and krateo-db-user in namespace ${settings.namespace} hold different ${differing}`,
      next: "make them agree: the services log in with krateo-db, and PostgreSQL expects what krateo-db-user says",
    },
  ];
}

/**
 * The operator gives a role the password of a Secret that names that very role, and leaves it without one otherwise; the
 * services would be refused for as long as they wait. So after a database of the user's own, with another user.
 */
function otherRole({ steps, namespace }: Settings, { secrets }: Inventory): Problem[] {
  const step = steps.find(({ id, enabled }) => enabled && id === databaseStep);
  if (step?.type !== "chart") return [];
  const { roles } = (step.values["cluster"] ?? {}) as { roles?: readonly DatabaseRole[] };
  const role = roles?.find(({ passwordSecret }) => passwordSecret?.name === "krateo-db-user")?.name;
  const [name, user] = secrets["krateo-db"]
    ? ["krateo-db", secrets["krateo-db"].data["DB_USER"]]
    : ["krateo-db-user", secrets["krateo-db-user"]?.data["username"]];
  if (role === undefined || user === undefined || user === role) return [];
  return [
    {
      what: `Secret ${namespace}/${name} names another user than the one that the database gets, ${role}`,
      path: `steps.${step.id}`,
      next:
        `change it to hold ${role}, or the database to have its user: roles and the databases' owner at ` +
        `components.${step.component}.stepConfig.${step.id}.helmValues.cluster`,
    },
  ];
}
