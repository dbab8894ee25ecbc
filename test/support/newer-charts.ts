/** Charts of a platform version after the bundled one. */
import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { basename } from "node:path";
import { sources, stageCharts } from "../../rehearsal/chart-repository.ts";
import { helm, paths, scratch } from "./rehearsal.ts";

/**
 * The rehearsal's mirror with more stand-ins beside it.
 *
 * @param newer Name of a chart -> its other version
 * @returns the mirror's folder
 */
export async function newerMirror(newer: Readonly<Record<string, string>>): Promise<string> {
  // An archive that is packed again has another digest than the one that was pinned.
  await rm(paths.lock, { force: true });
  const mirror = scratch("newer-mirror");
  const staged = scratch("newer-charts");
  await cp(paths.mirror, mirror, { recursive: true });
  for (const chart of await stageCharts(sources, staged)) {
    const version = newer[basename(chart)];
    if (version === undefined) continue;
    const packed = await helm("package", chart, "--version", version, "--destination", mirror);
    assert.equal(packed.code, 0, packed.output);
  }
  const indexed = await helm("repo", "index", mirror);
  assert.equal(indexed.code, 0, indexed.output);
  return mirror;
}
