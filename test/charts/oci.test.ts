import assert from "node:assert/strict";
import { fetchCharts } from "../../charts/fetch.ts";
import { archive, freshProject, options, server, sha256, step, stored } from "./chart-project.ts";

describe("fetching charts", () => {
  freshProject();

  describe("where an archive is", () => {
    it("is found through the registry's manifest for an OCI reference, with an anonymous token", async () => {
      const content = archive("from a registry");
      const digest = `sha256:${sha256(content)}`;
      const realm = `Bearer realm="${server.url}/token",service="reg",scope="repository:team/web:pull"`;
      const mediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
      server.files.set("/token?service=reg&scope=repository%3Ateam%2Fweb%3Apull", '{"token": "t"}');
      server.files.set("/v2/team/web/manifests/1.0.0_build.2", ({ authorization }) =>
        authorization === "Bearer t"
          ? JSON.stringify({ layers: [{ mediaType, digest }] })
          : { status: 401, headers: { "www-authenticate": realm } },
      );
      server.files.set(`/v2/team/web/blobs/${digest}`, ({ authorization }) =>
        authorization === "Bearer t" ? content : { status: 401 },
      );
      const url = `${server.url.replace("http:", "oci:")}/team/web`;
      await fetchCharts([step("web", { kind: "oci", version: "1.0.0+build.2", url })], options);
      assert.deepEqual(await stored("web-1.0.0+build.2.tgz"), content);
    });
  });
});
