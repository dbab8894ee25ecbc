import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Log } from "./build.ts";
import { install, isIntact } from "./cache.ts";
import { withLock } from "./lock.ts";
import { helmVersion, kubernetesVersion, kwokVersion, pulumiVersion } from "./recipes.ts";

/** Where a rehearsal's tools come from. */
export type ToolSource = "download" | "build";

const architecture = process.arch === "x64" ? "amd64" : process.arch;
const platform = `${process.platform}-${architecture}`;

const kwokRelease = `https://github.com/kubernetes-sigs/kwok/releases/download/v${kwokVersion}`;
const helmArchive = `https://get.helm.sh/helm-v${helmVersion}-${platform}.tar.gz`;
const pulumiArchive = `https://get.pulumi.com/releases/sdk/pulumi-v${pulumiVersion}-${platform.replace("amd64", "x64")}.tar.gz`;

/** One address at each host that the official downloads need. */
const probes = [
  pulumiArchive,
  `${kwokRelease}/kwokctl-${platform}`,
  `${helmArchive}.sha256sum`,
  `https://dl.k8s.io/v${kubernetesVersion}/bin/${platform.replace("-", "/")}/kube-apiserver.sha256`,
];

const probeSeconds = 4;

/**
 * Decides whether to download the official tools or to build them: what KRATEO_TOOLCHAIN says, else what is
 * in the cache already, else whether every official host answers.
 *
 * @param built whether the cache holds everything that a build would make
 */
export async function chooseSource(built: boolean, log: Log): Promise<ToolSource> {
  const wanted = process.env.KRATEO_TOOLCHAIN;
  if (wanted === "download" || wanted === "build") return wanted;
  if (wanted) throw new Error(`KRATEO_TOOLCHAIN is "${wanted}"; it may be "download" or "build", or unset`);
  if (built) return "build";
  const answers = await Promise.all(probes.map(answers200));
  const silent = probes.filter((_, index) => !answers[index]).map((address) => new URL(address).host);
  if (silent.length === 0) return "download";
  log(
    `no official downloads here (${[...new Set(silent)].join(", ")} out of reach): building from Go modules`,
  );
  return "build";
}

async function answers200(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(probeSeconds * 1000) })).ok;
  } catch {
    return false;
  }
}

/** Fetches kwok, kwokctl and helm; kwokctl downloads the control plane, pulumi its own command line. */
export async function downloadTools(
  cache: string,
  log: Log,
): Promise<{ kwok: string; kwokctl: string; helm: string }> {
  const directory = join(cache, `downloads-kwok-${kwokVersion}-helm-${helmVersion}-${platform}`);
  const binaries = ["kwok", "kwokctl", "helm"] as const;
  await withLock(
    join(cache, "toolchain.lock"),
    async () => {
      if (await isIntact(directory, binaries)) return;
      const staged = join(cache, `download-${process.pid}`);
      await rm(staged, { recursive: true, force: true });
      await mkdir(staged, { recursive: true });
      try {
        for (const name of ["kwok", "kwokctl"]) {
          log(`${name} ${kwokVersion}: downloading`);
          await writeFile(join(staged, name), await fetchBytes(`${kwokRelease}/${name}-${platform}`));
        }
        log(`helm ${helmVersion}: downloading`);
        await fetchHelm(staged);
        for (const name of binaries) await chmod(join(staged, name), 0o755);
        await install(staged, directory, binaries);
      } finally {
        await rm(staged, { recursive: true, force: true });
      }
    },
    ({ pid }) => log(`process ${pid} is fetching the tools already; waiting for it`),
  );
  return {
    kwok: join(directory, "kwok"),
    kwokctl: join(directory, "kwokctl"),
    helm: join(directory, "helm"),
  };
}

async function fetchHelm(staged: string): Promise<void> {
  const archive = await fetchBytes(helmArchive);
  const published = new TextDecoder()
    .decode(await fetchBytes(`${helmArchive}.sha256sum`))
    .trim()
    .split(/\s+/)[0];
  const digest = createHash("sha256").update(archive).digest("hex");
  if (digest !== published) {
    throw new Error(
      `${helmArchive}: its SHA-256 is ${digest}, published is ${published}; try again, or KRATEO_TOOLCHAIN=build`,
    );
  }
  const path = join(staged, "helm.tar.gz");
  await writeFile(path, archive);
  await promisify(execFile)("tar", ["-xzf", path, "-C", staged, "--strip-components=1", `${platform}/helm`]);
  await rm(path);
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  const response = await fetch(address).catch((error: Error) => {
    throw new Error(
      `${address} cannot be reached: ${error.message}; KRATEO_TOOLCHAIN=build builds the tools from Go modules`,
    );
  });
  if (!response.ok) throw new Error(`${address} answers ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
