import assert from "node:assert/strict";
import { atRegistry } from "../../../configuration/images/reference.ts";

describe("a reference at another registry", () => {
  const cases: [given: string, at: string][] = [
    ["ghcr.io/krateoplatformops/authn:1", "mirror.example.org/krateo/krateoplatformops/authn:1"],
    ["ghcr.io/krateoplatformops/authn", "mirror.example.org/krateo/krateoplatformops/authn"],
    ["ghcr.io/krateoplatformops", "mirror.example.org/krateo/krateoplatformops"],
    ["registry:5000/a/b:1", "mirror.example.org/krateo/a/b:1"],
    ["localhost/a:1", "mirror.example.org/krateo/a:1"],
    ["ghcr.io/a/b@sha256:0123", "mirror.example.org/krateo/a/b@sha256:0123"],
    ["alpine:3.17", "mirror.example.org/krateo/library/alpine:3.17"],
    ["docker.io/alpine:3.17", "mirror.example.org/krateo/library/alpine:3.17"],
    ["bitnami/nginx:1", "mirror.example.org/krateo/bitnami/nginx:1"],
    ["docker.io/bitnami/nginx:1", "mirror.example.org/krateo/bitnami/nginx:1"],
    ["mirror.example.org/krateo/a/b:1", "mirror.example.org/krateo/a/b:1"],
    ["mirror.example.org/other/b:1", "mirror.example.org/krateo/other/b:1"],
  ];
  for (const [given, at] of cases) {
    it(`of ${given} is ${at}`, () => assert.equal(atRegistry(given, "mirror.example.org/krateo"), at));
  }
});
