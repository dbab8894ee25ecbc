/** Looks for secret values where nobody may find one. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { list } from "../../cluster/client/api.ts";
import { connect } from "../../cluster/client/connection.ts";
import type { JsonObject } from "../../model/settings.ts";
import { places } from "../../rehearsal/control-plane.ts";
import { paths } from "../support/rehearsal.ts";
import { live } from "../support/rehearsed-cluster.ts";

/** Each text as it is, and as the API encodes it. */
export function formsOf(secrets: Readonly<Record<string, unknown>>, more: readonly string[]): string[] {
  const encoded = Object.values(secrets).flatMap((data) =>
    Object.entries(data as Record<string, string>).flatMap(([key, value]) =>
      // The login's name is no secret.
      /user/i.test(key) ? [] : [value],
    ),
  );
  return [...encoded, ...encoded.map((text) => Buffer.from(text, "base64").toString()), ...more];
}

/** The places that show one of the texts: what commands printed, files of the state, Events, the snapshot, logs. */
export async function leaks(forms: readonly string[], printed: string): Promise<string[]> {
  const connection = connect({ kubeconfig: paths.kubeconfig });
  const snapshot = await live("Installation", "krateoctl", { apiVersion: "krateo.io/v1" });
  const events = await list<JsonObject & { metadata: never }>(connection, "/api/v1/events");
  const files = [
    ...(await filesBelow(join(paths.state, ".pulumi"))),
    ...(await filesBelow(join(places(paths.directory).cluster, "logs"))),
    join(paths.directory, "simulation.log"),
  ];
  const searched: [string, string][] = [
    ["output", printed],
    ["snapshot", JSON.stringify(snapshot ?? "")],
    ["Events", JSON.stringify(events)],
    ...(await contentsOf(files)),
  ];
  return showing(forms, searched);
}

/** The files below a folder that show one of the texts. @throws Error where there is none to look at */
export async function leaksBelow(folder: string, forms: readonly string[]): Promise<string[]> {
  const files = await filesBelow(folder);
  if (files.length === 0) throw new Error(`there is no file below ${folder}`);
  return showing(forms, await contentsOf(files));
}

function showing(forms: readonly string[], searched: readonly (readonly [string, string])[]): string[] {
  return searched.filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => place);
}

/** Each file with its text; one that has gone meanwhile has none. */
async function contentsOf(files: readonly string[]): Promise<[string, string][]> {
  return await Promise.all(
    files.map(
      async (file): Promise<[string, string]> => [file, await readFile(file, "utf8").catch(() => "")],
    ),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
