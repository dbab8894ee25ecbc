/** Takes the Lease away from a run of which somebody knows that it has ended. */
import { leaseName } from "../../model/inventory.ts";
import { get, replace } from "../client/api.ts";
import { ApiError } from "../client/api-errors.ts";
import type { Connection } from "../client/connection.ts";
import { type LeaseObject, leasePath } from "./record.ts";

/**
 * Takes a Lease away from its holder. If that is in progress nevertheless, it ends at its next renewal.
 *
 * @returns false when it was renewed at this moment
 * @throws as `get` in api.ts
 */
export async function endLease(connection: Connection, namespace: string): Promise<boolean> {
  const path = leasePath(namespace, leaseName);
  const found = await get<LeaseObject>(connection, path);
  if (!found) return true;
  try {
    await replace(connection, path, { ...found, spec: { ...found.spec, holderIdentity: "" } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return false;
    throw error;
  }
}
