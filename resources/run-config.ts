/** Reads the stack's configuration from the engine. */
import * as pulumi from "@pulumi/pulumi";
import { type RawConfig, rawConfig } from "../configuration/raw-config.ts";

/** The stack's configuration of this project, as the engine hands it to this run. */
export function runConfig(): RawConfig {
  const secretKeys: string[] = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
  return rawConfig(pulumi.getProject(), pulumi.runtime.allConfig(), secretKeys);
}
