import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { decodeRelease, encodeRelease, type HelmSecret } from "../../cluster/helm-release.ts";
import { latestRevisions } from "../../cluster/releases.ts";
import { helmRelease } from "./helm-releases.ts";

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
      ]),
      ["sh.helm.release.v1.a.v10", "sh.helm.release.v1.b.v2"],
    );
  });

  it("passes over Secrets that Helm did not label", () => {
    assert.deepEqual(latestRevisions([{ metadata: { name: "x", uid: "u" } }]), []);
  });
});
