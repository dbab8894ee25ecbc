import * as pulumi from "@pulumi/pulumi";
import type { RawConfig } from "../profiles/load.ts";

/**
 * The stack's configuration of this project, keys without their prefix. Pulumi hands every value over as text,
 * with lists and maps in JSON.
 */
export function readStackConfig(): RawConfig {
  const prefix = `${pulumi.getProject()}:`;
  const own = (key: string): boolean => key.startsWith(prefix);
  const secretKeys: string[] = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
  return {
    values: Object.fromEntries(
      Object.entries(pulumi.runtime.allConfig())
        .filter(([key]) => own(key))
        .map(([key, text]) => [key.slice(prefix.length), parsed(text)]),
    ),
    secretKeys: secretKeys.filter(own).map((key) => key.slice(prefix.length)),
  };
}

function parsed(text: string): unknown {
  return /^(\[|\{|(true|false)$)/.test(text) ? JSON.parse(text) : text;
}
