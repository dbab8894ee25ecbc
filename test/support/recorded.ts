import * as pulumi from "@pulumi/pulumi";
import type { JsonObject } from "../../model/settings.ts";

/** What the program asked the engine to register, as the engine would have received it. */
export interface Registration {
  readonly name: string;
  readonly type: string;
  readonly parent: string;
  readonly dependsOn: readonly string[];
  readonly importId: string;
  /** URNs that it had before. */
  readonly aliases: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly retainOnDelete: boolean;
  /** Names of the hooks that run before each operation on it. */
  readonly hooks: { readonly beforeCreate: readonly string[]; readonly beforeUpdate: readonly string[] };
  readonly inputs: JsonObject;
}

interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getImportid(): string;
  getAliasesList(): { getUrn(): string }[];
  getAliasurnsList(): string[];
  getIgnorechangesList(): string[];
  getRetainondelete(): boolean;
  getHooks(): { getBeforeCreateList(): string[]; getBeforeUpdateList(): string[] } | undefined;
  getObject(): { toJavaScript(): JsonObject } | undefined;
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/**
 * Runs a program against Pulumi's mocks and returns what it registered, by name. Mocks alone show neither
 * dependencies nor options, so the requests to the engine are read too. Types that are both a component and a
 * resource of the same name are told apart by `type`.
 */
export async function registrations(
  program: () => unknown,
  failing: readonly string[] = [],
): Promise<Registration[]> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs: given }) => {
        if (failing.includes(name)) throw new Error(`${name} fails`);
        const status = { revision: 1, namespace: given["namespace"], name: given["name"] };
        return { id: `${name}-id`, state: { ...given, result: `password-of-${name}`, status } };
      },
      call: ({ inputs: given }) => given,
    },
    "krateo",
    "test",
    false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource: (request: Request, callback: unknown, ...rest: unknown[]) => unknown;
    registerErrorHook: (request: unknown, callback: (error: null, answer: object) => void) => void;
    registerResourceHook: (request: unknown, callback: (error: null, answer: object) => void) => void;
  };
  // The mocks never answer these, and the program would wait for ever.
  monitor.registerErrorHook = (_request, callback) => callback(null, {});
  monitor.registerResourceHook = (_request, callback) => callback(null, {});
  const requests: Request[] = [];
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback, ...rest) => {
    requests.push(request);
    return original(request, callback, ...rest);
  };
  await program();
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
  return requests.map((request) => ({
    name: request.getName(),
    type: request.getType(),
    parent: nameOf(request.getParent()),
    dependsOn: [...new Set(request.getDependenciesList().map(nameOf))].sort(),
    importId: request.getImportid(),
    aliases: [...request.getAliasesList().map((alias) => alias.getUrn()), ...request.getAliasurnsList()],
    ignoreChanges: request.getIgnorechangesList().toSorted(),
    retainOnDelete: request.getRetainondelete(),
    hooks: {
      beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
      beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [],
    },
    inputs: request.getObject()?.toJavaScript() ?? {},
  }));
}
