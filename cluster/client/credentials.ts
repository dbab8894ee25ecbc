/** Gets the credentials for a request. */
import { readFileSync } from "node:fs";
import type { OpenIDConnectAuth } from "@kubernetes/client-node/dist/oidc_auth.js";
import { fileFault } from "../../model/file-fault.ts";
import { ConfigurationError } from "../../model/problem.ts";
import { firstLine } from "./api-errors.ts";
import type { Connection } from "./connection.ts";
import type { KubeUser, LoginHelper } from "./kubeconfig.ts";
import { type Login, runLoginHelper } from "./login-helper.ts";
import { SharedLogin } from "./shared-login.ts";

/** Who asks, for one request. */
export interface Credentials {
  /** `Bearer …` or `Basic …`. */
  readonly authorization?: string;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** What a login helper gave, where these are from one. */
  readonly login?: Login;
}

const logins = new WeakMap<Connection, SharedLogin>();
const tokens = new WeakMap<Connection, string>();
const providers = new WeakMap<Connection, OpenIDConnectAuth>();

/**
 * What a request to the API server shows of its user, in client-go's order: a certificate, a token (that of a file
 * first, read anew each time) or a password; a login helper only where there is none of them, started once for all
 * requests.
 *
 * @throws ConfigurationError
 */
export async function credentialsOf(connection: Connection): Promise<Credentials> {
  const { user } = connection;
  const cert = contentOf(user["client-certificate"], user["client-certificate-data"]);
  const certificate = cert && { cert, key: contentOf(user["client-key"], user["client-key-data"]) };
  const token = user.tokenFile ? fileToken(connection, user.tokenFile) : user.token;
  if (token) return { ...certificate, authorization: `Bearer ${token}` };
  if (user.username || user.password) {
    const pair = Buffer.from(`${user.username ?? ""}:${user.password ?? ""}`).toString("base64");
    return { ...certificate, authorization: `Basic ${pair}` };
  }
  if (certificate) return certificate;
  if (user.exec) return await helperCredentials(loginOf(connection, user.exec));
  return user["auth-provider"] ? await providerCredentials(connection, user["auth-provider"]) : {};
}

/** Tells what became of credentials. @returns whether to ask once more, with others */
export async function judged(connection: Connection, used: Credentials, accepted: boolean): Promise<boolean> {
  const { login } = used;
  const shared = logins.get(connection);
  if (!login || !shared) return false;
  if (!accepted) return await shared.refused(login);
  shared.accepted();
  return false;
}

/** The headers that act as somebody else; a list is a header for each value. */
export function impersonationHeaders(user: KubeUser): Record<string, string | string[]> {
  const { as, "as-uid": uid, "as-groups": groups, "as-user-extra": extra } = user;
  if (!as) return {};
  return {
    "Impersonate-User": as,
    ...(uid ? { "Impersonate-Uid": uid } : {}),
    ...(groups?.length ? { "Impersonate-Group": [...groups] } : {}),
    ...Object.fromEntries(
      Object.entries(extra ?? {}).map(([key, values]) => [
        `Impersonate-Extra-${headerName(key)}`,
        [...values],
      ]),
    ),
  };
}

/** The bytes of a file, read anew each time, or of data in base64. */
export function contentOf(file: string | undefined, data: string | undefined): Buffer | undefined {
  if (file) return readFileSync(file);
  return data ? Buffer.from(data, "base64") : undefined;
}

/** What a header's name may not hold is percent-encoded, byte by byte. */
function headerName(key: string): string {
  const characters = [...Buffer.from(key)].map((byte) => String.fromCharCode(byte));
  return characters
    .map((character) =>
      /[!#$&'*+.^_`|~0-9A-Za-z-]/.test(character)
        ? character
        : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
    )
    .join("");
}

/** A file that is being replaced, or is gone for a moment, leaves its last token, as with client-go. */
function fileToken(connection: Connection, file: string): string {
  let reason = "it is empty";
  try {
    const token = readFileSync(file, "utf8").trim();
    if (token) tokens.set(connection, token);
  } catch (error) {
    reason = fileFault(error) ?? firstLine(error);
  }
  const token = tokens.get(connection) ?? connection.user.token;
  if (token) return token;
  throw new ConfigurationError([
    { what: `the token file of context ${connection.context} gives no token: ${reason}`, file },
  ]);
}

function loginOf(connection: Connection, helper: LoginHelper): SharedLogin {
  const login = logins.get(connection) ?? new SharedLogin(() => runLoginHelper(connection, helper));
  logins.set(connection, login);
  return login;
}

async function helperCredentials(shared: SharedLogin): Promise<Credentials> {
  const login = await shared.get();
  const { token, certificate: cert, key } = login;
  return { login, ...(cert && { cert, key }), ...(token && { authorization: `Bearer ${token}` }) };
}

/** Only oidc is left of the kinds of auth-provider; the client library renews its token. */
async function providerCredentials(
  connection: Connection,
  { name = "", config = {} }: { readonly name?: string; readonly config?: Record<string, string> },
): Promise<Credentials> {
  // Loaded here because it takes a third of a second, which most kubeconfigs need not spend.
  const library = await import("@kubernetes/client-node/dist/oidc_auth.js");
  const provider = providers.get(connection) ?? new library.OpenIDConnectAuth();
  providers.set(connection, provider);
  const user = { name, authProvider: { name, config } };
  const options: { headers: Record<string, string> } = { headers: {} };
  try {
    if (!provider.isAuthProvider(user)) throw new Error(`the auth-provider ${name} is not known`);
    await provider.applyAuthentication(user, options);
  } catch (error) {
    throw new ConfigurationError([
      {
        what: `the credentials of context ${connection.context} cannot be obtained: ${firstLine(error)}`,
        file: connection.kubeconfig,
        next: `kubectl --context ${connection.context} get namespaces must work first`,
      },
    ]);
  }
  return { authorization: options.headers["Authorization"] };
}
