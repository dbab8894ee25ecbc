/** Reads the Installation object of an installation. */
import type { JsonObject } from "../model/settings.ts";
import { installationName } from "../plan/installation.ts";
import { get, type KubeObject, pathOf } from "./client/api.ts";
import type { Connection } from "./client/connection.ts";
import type { RequestOptions } from "./client/request.ts";

/** An Installation object: the snapshot is its spec.spec. */
export interface InstallationObject extends KubeObject {
  readonly spec?: { readonly spec?: JsonObject };
}

/** The Installation of a namespace; undefined where there is none. Errors as `get` in api.ts. */
export async function readInstallation(
  connection: Connection,
  namespace: string,
  options: RequestOptions = {},
): Promise<InstallationObject | undefined> {
  return await get<InstallationObject>(connection, installationPath(namespace), options);
}

/** Where it is in the API. */
export function installationPath(namespace: string): string {
  return pathOf("krateo.io/v1", "installations", namespace, installationName);
}
