import assert from "node:assert/strict";
import language from "@pulumi/pulumi/proto/language_pb.js";
import google from "google-protobuf/google/protobuf/struct_pb.js";
import { nodeArguments, runnerInvocation } from "../../rehearsal/plugins/language-nodejs.ts";

describe("the stand-in for the language host", () => {
  const request = () => {
    const run = new language.RunRequest();
    run.setProject("krateo");
    run.setStack("dev");
    run.setPwd("/project");
    run.setParallel(32);
    run.setMonitorAddress("127.0.0.1:1");
    run.getConfigMap().set("krateo:type", "nodeport");
    run.setConfigsecretkeysList(["krateo:set"]);
    const info = new language.ProgramInfo();
    info.setRootDirectory("/project");
    info.setEntryPoint("index.ts");
    run.setInfo(info);
    return run;
  };

  it("hands the SDK's runner the program, the addresses and the stack", () => {
    assert.deepEqual(runnerInvocation(request(), "127.0.0.1:2").args, [
      "--monitor=127.0.0.1:1",
      "--engine=127.0.0.1:2",
      "--project=krateo",
      "--stack=dev",
      "--root-directory=/project",
      "--pwd=/project",
      "--parallel=32",
      "index.ts",
    ]);
  });

  it("gives Node the arguments that the project asks for", () => {
    const run = request();
    assert.deepEqual(nodeArguments(run), []);
    run.getInfo()?.setOptions(google.Struct.fromJavaScript({ nodeargs: "--import=./a.ts  --no-warnings" }));
    assert.deepEqual(nodeArguments(run), ["--import=./a.ts", "--no-warnings"]);
  });

  it("says so when nothing must be changed", () => {
    const run = request();
    run.setDryrun(true);
    assert.ok(runnerInvocation(run, "127.0.0.1:2").args.includes("--dry-run"));
  });

  it("passes the configuration and which of it is secret, and leaves the types to Node", () => {
    assert.deepEqual(runnerInvocation(request(), "127.0.0.1:2").env, {
      PULUMI_CONFIG: '{"krateo:type":"nodeport"}',
      PULUMI_CONFIG_SECRET_KEYS: '["krateo:set"]',
      PULUMI_NODEJS_TYPESCRIPT: "false",
    });
  });
});
