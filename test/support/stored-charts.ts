import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { store } from "../../charts/archive-store.ts";
import { archiveName } from "../../charts/source.ts";
import { loadSettings } from "../../configuration/load.ts";
import { chartStepsOf } from "../../plan/plan.ts";

/** A whole gzip stream is enough: nothing here is unpacked, unless there is a helm. */
const archive = gzipSync("chart");

/**
 * Puts the charts of the bundled release where commands look for them, for the tests of one `describe`: none is fetched.
 *
 * @returns the folder, which exists once the tests have begun
 */
export function withStoredCharts(): () => string {
  const earlier = process.env["KRATEO_CHARTS_DIR"];
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "krateo-charts-"));
    process.env["KRATEO_CHARTS_DIR"] = folder;
    const settings = await loadSettings({ values: {}, secretKeys: [] }, folder);
    for (const { chart } of chartStepsOf(settings))
      await store(join(folder, archiveName(chart)), archive, chart.url);
  });
  after(() => {
    if (earlier === undefined) delete process.env["KRATEO_CHARTS_DIR"];
    else process.env["KRATEO_CHARTS_DIR"] = earlier;
    rmSync(folder, { recursive: true });
  });
  return () => folder;
}
