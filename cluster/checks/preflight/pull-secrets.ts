/** Checks that the Secrets are there with which pods pull their images. */
import { registryLogin } from "../../../components/secrets.ts";
import type { Check } from "../../../model/check.ts";
import type { Settings } from "../../../model/settings.ts";
import { get, pathOf } from "../../client/api.ts";
import type { Connection } from "../../client/connection.ts";
import type { RequestOptions } from "../../client/request.ts";
import type { Allowed } from "./permitted.ts";

/** A Secret that is named; its type is undefined where there is none of that name. */
export interface NamedSecret {
  readonly name: string;
  readonly type: string | undefined;
}

/** Types that a kubelet takes. */
const types = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

/** Those that the user names; the program's own is made by the run. */
export async function readPullSecrets(
  connection: Connection,
  { namespace, images }: Settings,
  allowed: Allowed,
  options: RequestOptions,
): Promise<NamedSecret[] | undefined> {
  const named = images.pullSecrets.filter((name) => name !== registryLogin);
  const reading = Promise.all(
    named.map(async (name): Promise<NamedSecret> => {
      const path = pathOf("v1", "secrets", namespace, name);
      return { name, type: (await get<{ type: string }>(connection, path, options))?.type };
    }),
  );
  return await allowed("the pull Secrets", reading);
}

/** @param secrets Undefined: they may not be read. */
export function checkPullSecrets(
  { namespace }: Settings,
  secrets: readonly NamedSecret[] | undefined,
): Check[] {
  return (secrets ?? []).map(({ name, type }) => {
    const base = {
      check: "images",
      subject: `pull Secret ${namespace}/${name}`,
      expected: `a Secret of type ${types[0]}`,
    };
    if (type !== undefined && types.includes(type)) return { ...base, status: "OK", found: type, next: "" };
    const create = `kubectl create secret docker-registry ${name} --namespace ${namespace} --docker-server HOST --docker-username USER --docker-password PASSWORD`;
    return {
      ...base,
      status: "ERROR",
      found: type === undefined ? "not found" : `type ${type}, with which no image is pulled`,
      next: `make it first: ${create}; or take it out of krateo:imagePullSecrets`,
    };
  });
}
