/**
 * Who this machine is at the hosts that charts come from: by the stack's configuration, and by what `helm registry login`,
 * `helm repo add` and `docker login` keep, credential helpers included.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { secretMask } from "../model/secret-value.ts";
import type { ChartLogin } from "../model/settings.ts";

/** What proves to a registry who asks. An identity token is exchanged at the registry's token service. */
export type RegistryLogin = ChartLogin | { readonly identityToken: string };

/** Docker writes and reads this form; Helm's registry configuration has it too. */
const dockerConfig = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

const helmRepositories = z.looseObject({
  repositories: z
    .array(
      z.looseObject({ url: z.string(), username: z.string().optional(), password: z.string().optional() }),
    )
    .nullish(),
});

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

/** The logins of one run: each file is read, and each helper asked, once. */
export class Logins {
  readonly #configured: Readonly<Record<string, ChartLogin>>;
  readonly #registries = new Map<string, Promise<RegistryLogin | undefined>>();
  #repositories: Promise<z.output<typeof helmRepositories>> | undefined;

  /** @param configured By host: what the stack's configuration says. */
  constructor(configured: Readonly<Record<string, ChartLogin>> = {}) {
    this.#configured = configured;
  }

  /**
   * The login for a chart repository at a URL: the stack's for the host, else that of the repository that Helm knows.
   *
   * @throws Error with a sentence for a file that cannot be read
   */
  async forRepository(url: string): Promise<ChartLogin | undefined> {
    const configured = this.#configuredFor(URL.parse(url)?.host ?? "");
    if (configured) return configured;
    this.#repositories ??= readConfig(
      helmFile("HELM_REPOSITORY_CONFIG", "repositories.yaml"),
      helmRepositories,
    );
    const { repositories } = await this.#repositories;
    const nearest = (repositories ?? [])
      .filter((one) => one.username && `${url}/`.startsWith(`${one.url.replace(/\/+$/, "")}/`))
      .sort((one, other) => other.url.length - one.url.length)[0];
    return nearest?.username ? { username: nearest.username, password: nearest.password ?? "" } : undefined;
  }

  /**
   * The login for an OCI registry: the stack's, else that of `helm registry login`, else that of `docker login`.
   *
   * @param host With its port, if it has one.
   * @throws Error with a sentence for a file that cannot be read, or a credential helper that does not answer
   */
  forRegistry(host: string): Promise<RegistryLogin | undefined> {
    const login = this.#registries.get(host) ?? this.#registryLogin(host);
    this.#registries.set(host, login);
    return login;
  }

  async #registryLogin(host: string): Promise<RegistryLogin | undefined> {
    const configured = this.#configuredFor(host);
    if (configured) return configured;
    const docker = join(process.env["DOCKER_CONFIG"] || join(homedir(), ".docker"), "config.json");
    for (const file of [helmFile("HELM_REGISTRY_CONFIG", "registry/config.json"), docker]) {
      const login = await loginIn(await readConfig(file, dockerConfig), host, file);
      if (login) return login;
    }
    return undefined;
  }

  /** What is encrypted in the stack's configuration reaches the program, but not the commands. */
  #configuredFor(host: string): ChartLogin | undefined {
    const login = namesOf(host)
      .map((name) => this.#configured[name])
      .find(Boolean);
    return login && [login.username, login.password].includes(secretMask) ? undefined : login;
  }
}

/** `Authorization` for a user and password. */
export function basic({ username, password }: ChartLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Where Helm keeps a file, by its own rules. */
function helmFile(variable: string, name: string): string {
  const usual = process.platform === "darwin" ? join("Library", "Preferences") : ".config";
  const home = process.env["XDG_CONFIG_HOME"] || join(homedir(), usual);
  return process.env[variable] || join(process.env["HELM_CONFIG_HOME"] || join(home, "helm"), name);
}

/** @returns what an empty file says, where there is none */
async function readConfig<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return "{}";
    throw new Error(`the logins in ${file} cannot be read (${error.code})`);
  });
  // Without the parser's message, which may quote a password.
  const result = schema.safeParse(parsed(text) ?? {});
  if (result.success) return result.data;
  throw new Error(`the logins in ${file} cannot be read: it has not the form that helm and docker write`);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return "not valid";
  }
}

async function loginIn(
  { auths, credHelpers, credsStore }: z.output<typeof dockerConfig>,
  host: string,
  file: string,
): Promise<RegistryLogin | undefined> {
  const names = namesOf(host);
  const helper = names.map((name) => credHelpers[name]).find(Boolean) ?? credsStore;
  if (helper) {
    for (const name of names) {
      const login = await askHelper(helper, name, file);
      if (login) return login;
    }
  }
  const entry = Object.entries(auths).find(
    ([name]) => names.includes(name) || names.includes(hostOf(name)),
  )?.[1];
  if (!entry) return undefined;
  if (entry.identitytoken) return { identityToken: entry.identitytoken };
  const [username = "", ...rest] = Buffer.from(entry.auth ?? "", "base64")
    .toString()
    .split(":");
  const login = { username: entry.username || username, password: entry.password || rest.join(":") };
  return login.username ? login : undefined;
}

/** Names under which a registry's login is kept: Docker Hub has several. */
function namesOf(host: string): string[] {
  const hub = ["docker.io", "index.docker.io", "registry-1.docker.io"];
  return hub.includes(host) ? ["https://index.docker.io/v1/", ...hub] : [host];
}

function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/** Asks a credential helper by Docker's protocol: the host on its input, JSON as the answer. */
async function askHelper(helper: string, host: string, file: string): Promise<RegistryLogin | undefined> {
  const program = `docker-credential-${helper}`;
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    const child = execFile(program, ["get"], { timeout: 30_000 }, (error, stdout) =>
      resolve({ code: error?.code ?? (error ? error.signal : 0), output: stdout }),
    );
    child.stdin?.on("error", () => undefined).end(host);
  });
  if (code === 0) {
    const answer = helperAnswer.safeParse(parsed(output));
    if (!answer.success)
      throw new Error(`${program}, which ${file} names, does not answer as a credential helper`);
    const { Username: username, Secret: password } = answer.data;
    if (username === "") return undefined;
    return username === "<token>" ? { identityToken: password } : { username, password };
  }
  if (/not found/i.test(output)) return undefined;
  const reason = code === "ENOENT" ? "is not on the PATH" : `ended with ${code}`;
  throw new Error(`${program}, which ${file} names for ${host}, ${reason}`);
}
