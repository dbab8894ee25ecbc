import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const folder = join(import.meta.dirname, "..", "..", "gitops");
const read = (path: string): string => readFileSync(join(folder, path), "utf8");

interface Stack {
  metadata: { name: string; labels: Record<string, string> };
}

/** The rendered example, ring by ring. */
const hub = globSync("pko/hub/*/*.yaml", { cwd: folder })
  .toSorted()
  .map((path) => ({ stack: parse(read(path)) as Stack }));
const ringLabel = "krateo.io/ring";
const rings = [...new Set(hub.map(({ stack }) => stack.metadata.labels[ringLabel]))];
const stacks = hub.map(({ stack }) => stack.metadata.name);

describe("the workflows", () => {
  interface Job {
    needs?: string;
    strategy?: { matrix: { stack: string[] } };
    with: { stack: string; action: string };
  }
  const { jobs } = parse(read("ci/github/krateo.yaml")) as { jobs: Record<string, Job> };
  const stacksOf = ({ strategy, with: { stack } }: Job): string[] => strategy?.matrix.stack ?? [stack];
  const gitlab = parse(read("ci/gitlab-ci.yml")) as Record<
    string,
    { parallel?: { matrix: { STACK: string[] }[] }; stage?: string }
  > & { stages: string[] };
  const gitlabStacks = (job: string): string[] =>
    gitlab[job]?.parallel?.matrix.flatMap(({ STACK }) => STACK) ?? [];

  it("preview and compare every stack, and bring up the stacks of each ring when the ring before is up", () => {
    for (const job of ["preview", "drift"]) {
      assert.deepEqual(
        stacksOf(jobs[job] as Job),
        stacks.toSorted((a, b) => order(a) - order(b)),
      );
      assert.deepEqual(gitlabStacks(job), stacksOf(jobs[job] as Job));
    }
    for (const [index, ring] of rings.entries()) {
      const job = jobs[ring as string] as Job;
      const members = hub.filter(({ stack }) => stack.metadata.labels[ringLabel] === ring);
      assert.deepEqual(stacksOf(job).toSorted(), members.map(({ stack }) => stack.metadata.name).toSorted());
      assert.deepEqual(gitlabStacks(ring as string), stacksOf(job));
      assert.equal(job.with.action, "up");
      assert.equal(job.needs, rings[index - 1]);
    }
    assert.deepEqual(gitlab.stages, ["preview", ...rings, "drift"]);
  });

  it("let an `up` wait for its turn: no other job, which could put it out of the queue, is in its group", () => {
    const workflow = parse(read("ci/github/krateo-stack.yaml")).jobs.run;
    assert.match(
      workflow.concurrency.group,
      /inputs\.stack }}-\$\{\{ inputs\.action == 'up' && 'up' \|\| github\.run_id }}$/,
    );
    assert.equal(workflow.concurrency["cancel-in-progress"], false);
    const jobs = Object.keys(gitlab).filter((name) => "resource_group" in (gitlab[name] as object));
    assert.deepEqual(jobs, [".up"]);
  });

  it("use an environment of their own for all that is not an `up`", () => {
    for (const job of ["preview", "drift"])
      assert.equal((gitlab[job] as { environment?: { name: string } }).environment?.name, "$STACK-read");
    const { environment } = parse(read("ci/github/krateo-stack.yaml")).jobs.run;
    assert.match(environment, /== 'up' && inputs\.stack \|\| format\('\{0\}-read', inputs\.stack\)/);
  });

  it("hand over the login of every kind of backend that a fleet may have", () => {
    const { env } = parse(read("ci/github/krateo-stack.yaml")).jobs.run as { env: Record<string, string> };
    for (const login of [
      "PULUMI_ACCESS_TOKEN",
      "AWS_ACCESS_KEY_ID",
      "GOOGLE_CREDENTIALS",
      "AZURE_STORAGE_KEY",
    ])
      assert.equal(env[login], `\${{ secrets.${login} }}`);
  });

  it("have scripts that a shell can read", () => {
    for (const path of globSync("**/*.sh", { cwd: folder })) execFileSync("sh", ["-n", join(folder, path)]);
  });

  /** Position in the fleet's file. */
  const fleet = parse(read("pko/fleet.yaml")) as { clusters: { name: string }[] };
  const order = (name: string): number => fleet.clusters.findIndex((cluster) => cluster.name === name);
});
