import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  decodeRelease,
  encodeRelease,
  type HelmRelease,
  type HelmSecret,
} from "../../../cluster/client/helm-release.ts";
import { latestRevisions, readRecord } from "../../../cluster/client/releases.ts";
import { helmRelease } from "../helm-releases.ts";

const secretWith = (release: string): HelmSecret => ({
  metadata: { name: "s", uid: "u" },
  data: { release },
});
const base64 = (data: Buffer | string): string => Buffer.from(data).toString("base64");

describe("a Helm release's Secret", () => {
  const release = helmRelease("authn", { manifest: "kind: ConfigMap # ü\n" });

  it("holds the release as gzipped JSON in base64, twice", () => {
    assert.deepEqual(decodeRelease(secretWith(base64(base64(gzipSync(JSON.stringify(release)))))), release);
  });

  it("may hold it without compression, as old releases do", () => {
    assert.deepEqual(decodeRelease(secretWith(base64(base64(JSON.stringify(release))))), release);
  });

  it("comes out as it went in, unknown fields included", () => {
    const more = { ...release, apply_method: "ssa" };
    assert.deepEqual(decodeRelease(secretWith(encodeRelease(more))), more);
  });
});

describe("a Secret that holds no release", () => {
  const packed = (value: unknown): string => base64(base64(gzipSync(JSON.stringify(value))));
  const release = helmRelease("authn");
  const cut = (text: string): string => text.slice(0, Math.floor(text.length / 8) * 4);
  const { chart: _, ...chartless } = release;
  const cases: [what: string, data: HelmSecret["data"], reason: string | RegExp][] = [
    ["no data", undefined, "has no key release"],
    ["no key", {}, "has no key release"],
    ["nothing in it", { release: "" }, "has an empty key release"],
    ["half of it", { release: cut(encodeRelease(release)) }, /^is cut off$/],
    [
      "broken gzip",
      { release: base64(base64(Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]))) },
      /^(is cut off|holds damaged data: it does not unpack)$/,
    ],
    ["text", { release: "hello" }, "holds neither gzip nor JSON, or is cut off"],
    [
      "another thing",
      { release: packed([]) },
      "holds no release as Helm writes it: wrong or missing is everything",
    ],
    [
      "no chart",
      { release: packed(chartless) },
      "holds no release as Helm writes it: wrong or missing is chart",
    ],
    [
      "a chart without a version",
      { release: packed({ ...release, chart: { metadata: { name: "authn" } } }) },
      "holds no release as Helm writes it: wrong or missing is chart.metadata.version",
    ],
    [
      "no status, and a revision that is no number",
      { release: packed({ ...release, info: {}, version: "3" }) },
      "holds no release as Helm writes it: wrong or missing is version, info.status",
    ],
  ];
  for (const [what, data, reason] of cases) {
    it(`says so: ${what}`, () => {
      const found = readRecord({ metadata: { name: "s", uid: "u" }, ...(data && { data }) });
      if (typeof reason === "string") assert.equal(found, reason);
      else assert.match(found as string, reason);
    });
  }

  it("says so when it holds another release than its label names", () => {
    const metadata = { name: "s", uid: "u", labels: { name: "frontend" } };
    assert.equal(
      readRecord({ metadata, data: { release: encodeRelease(release) } }),
      "holds a release authn, and its label says frontend",
    );
  });

  it("is none of these where Helm leaves out what is empty, or writes null", () => {
    const { name, namespace, version, info, chart } = release;
    const metadata = { name: "s", uid: "u", namespace: "krateo-system" };
    const lean = { name, version, info, chart, config: null, hooks: null };
    assert.deepEqual(readRecord({ metadata, data: { release: packed(lean) } }), {
      ...{ name, namespace, version, info, chart },
      manifest: "",
    });
    const hook = { name: "h", kind: "Job" };
    const hooked = readRecord({ metadata, data: { release: packed({ ...lean, hooks: [hook] }) } });
    assert.deepEqual((hooked as HelmRelease).hooks, [{ ...hook, events: [], manifest: "" }]);
  });

  it("is none of these where Helm 4 wrote it", () => {
    const info = { status: "deployed", last_deployed: "2026-01-01T12:00:00Z", resources: { "v1/Pod": [] } };
    const four = { ...release, info, apply_method: "ssa", chart: { ...release.chart, schema: null } };
    assert.deepEqual(decodeRelease(secretWith(packed(four))), four);
  });
});

describe("the latest revision", () => {
  const secret = (name: string, version: string) => ({
    metadata: { name: `sh.helm.release.v1.${name}.v${version}`, uid: "u", labels: { name, version } },
  });

  it("is the highest number of each release, not the last in the list or in the alphabet", () => {
    assert.deepEqual(
      latestRevisions([
        secret("b", "2"),
        secret("a", "9"),
        secret("a", "10"),
        secret("a", "1"),
        secret("b", "1"),
      ]).map(({ metadata }) => metadata.name),
      ["sh.helm.release.v1.a.v10", "sh.helm.release.v1.b.v2"],
    );
  });

  it("passes over Secrets that Helm did not label", () => {
    assert.deepEqual(latestRevisions([{ metadata: { name: "x", uid: "u" } }]), []);
  });
});
