import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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

  it("may log in by OIDC, in every job, and do not where no variable says so", () => {
    const { permissions, jobs: all } = parse(read("ci/github/krateo.yaml")) as {
      permissions: Record<string, string>;
      jobs: Record<string, { permissions?: Record<string, string> }>;
    };
    // What a job says of permissions replaces what the workflow says.
    for (const job of Object.values(all)) assert.equal((job.permissions ?? permissions)["id-token"], "write");
    const { steps } = parse(read("ci/github/krateo-stack.yaml")).jobs.run as {
      steps: { name?: string; if?: string; with?: Record<string, string> }[];
    };
    const logins = steps.filter(({ name }) => /^(Log in|Get the login helper)/.test(name ?? ""));
    assert.equal(logins.length, 6);
    for (const login of logins) assert.match(login.if ?? "", /^vars\.[A-Z_]+ != ''$/);
    // Before the kubeconfig and the run.
    assert.equal(steps.indexOf(logins.at(-1) as (typeof steps)[number]) + 1, steps.length - 3);
  });

  it("keep the token of GitLab's job to its user, and log in to Pulumi Cloud only where an organization is named", () => {
    const bin = mkdtempSync(join(tmpdir(), "krateo-ci-"));
    try {
      for (const name of ["npm", "npx"])
        writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*"\n`, { mode: 0o755 });
      const token = join(bin, "token");
      const { before_script: lines } = parse(read("ci/gitlab-ci.yml"))[".krateo"] as {
        before_script: string[];
      };
      const script = lines.join("\n").replaceAll("/tmp/krateo-oidc", token);
      const run = (env: Record<string, string>): string[] =>
        execFileSync("sh", ["-euc", script], {
          env: { PATH: `${bin}:${process.env["PATH"]}`, KRATEO_OIDC_TOKEN: "a.b.c", ...env },
          encoding: "utf8",
        })
          .trim()
          .split("\n");
      const install = "npm ci --cache .npm --prefer-offline";
      assert.deepEqual(run({}), [install]);
      assert.equal(readFileSync(token, "utf8"), "a.b.c");
      assert.equal(statSync(token).mode & 0o777, 0o600);
      const login = `npx pulumi login --oidc-token file://${token} --oidc-org acme`;
      assert.deepEqual(run({ PULUMI_OIDC_ORGANIZATION: "acme" }), [install, login]);
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  it("have scripts that a shell can read", () => {
    for (const path of globSync("**/*.sh", { cwd: folder })) execFileSync("sh", ["-n", join(folder, path)]);
  });

  /** Position in the fleet's file. */
  const fleet = parse(read("pko/fleet.yaml")) as { clusters: { name: string }[] };
  const order = (name: string): number => fleet.clusters.findIndex((cluster) => cluster.name === name);
});
