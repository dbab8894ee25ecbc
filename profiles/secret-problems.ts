/** What is wrong with the Secrets that the cluster holds, beside what the settings ask for. */
import { makesDatabase, secretNamesOf } from "./database-secrets.ts";
import type { Inventory } from "./inventory.ts";
import { gates } from "./order.ts";
import type { Problem } from "./problem.ts";
import { secretMask } from "./secret-value.ts";
import type { Settings } from "./settings.ts";

/** Keys of the three Secrets. */
const secretKeys = {
  "jwt-sign-key": ["JWT_SIGN_KEY"],
  "krateo-db": ["DB_USER", "DB_PASS"],
  "krateo-db-user": ["username", "password"],
} as const;

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
    const absent = secretKeys[name].filter((key) => !existing.data[key]);
    if (absent.length > 0) {
      problems.push({
        what: `Secret ${settings.namespace}/${name} lacks ${absent.join(" and ")}`,
        given: `keys ${Object.keys(existing.data).join(", ") || "(none)"}`,
        allowed: [...secretKeys[name]],
        next: "add what is missing; its other keys are never touched",
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

function absentSecret(settings: Settings, name: keyof typeof secretKeys): Problem {
  return {
    what: `Secret ${settings.namespace}/${name} does not exist, and krateo:secrets is external`,
    allowed: [...secretKeys[name]],
    next: "create it before the installation, or set krateo:secrets to generated",
  };
}

/** A login that is made up would be none of the user's database's. */
function absentLogin({ namespace }: Settings): Problem {
  return {
    what: `Secret ${namespace}/krateo-db does not exist, and the login to a database of yours is not generated`,
    allowed: [...secretKeys["krateo-db"]],
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
  // The command line does not decrypt: what it knows of the password is its mask.
  const samePassword = password === secretMask || existing.data["DB_PASS"] === password;
  if (existing.data["DB_USER"] === user && samePassword) return [];
  if (existing.ours && secrets === "generated") return [];
  return [
    {
      what: `Secret ${namespace}/krateo-db was there before and holds another login than krateo:database`,
      next: "make them agree, or take user and password out of krateo:database: what somebody else made is not changed",
    },
  ];
}

function disagreement(settings: Settings, inventory: Inventory): Problem[] {
  if (!makesDatabase(settings.steps)) return [];
  const { "krateo-db": login, "krateo-db-user": role } = inventory.secrets;
  if (!login || !role) return [];
  const differing = [
    ...(login.data["DB_USER"] === role.data["username"] ? [] : ["user names"]),
    ...(login.data["DB_PASS"] === role.data["password"] ? [] : ["passwords"]),
  ];
  if (differing.length === 0) return [];
  return [
    {
      what: `Secrets krateo-db and krateo-db-user in namespace ${settings.namespace} hold different ${differing.join(" and ")}`,
      next: "make them agree: the services log in with krateo-db, and PostgreSQL expects what krateo-db-user says",
    },
  ];
}

/**
 * The operator gives a role the password of a Secret that names that very role, and leaves it without one otherwise; the
 * services would be refused for as long as they wait. So after a database of the user's own, with another user.
 */
function otherRole({ steps, namespace }: Settings, { secrets }: Inventory): Problem[] {
  const step = steps.find(({ id, enabled }) => enabled && id === gates.database.on);
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
