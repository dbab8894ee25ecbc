/** Profiles that were files once, and are the older names of keys of the stack configuration. */
import type { ReleaseType } from "../../model/settings.ts";
import { type ExposureInput, secretForEach } from "./keys.ts";

export interface ProfileAlias {
  /** Key of the stack configuration. */
  readonly key: "loadBalancerAddress" | "tls";
  /** The type that it is for. */
  readonly type: ReleaseType;
  /** What it is set to. */
  readonly value: string;
  /** The same as the schema reads it. */
  readonly given: ExposureInput;
  /** Continues "The older name of krateo:KEY VALUE: ". */
  readonly purpose: string;
}

const aliases: ReadonlyMap<string, ProfileAlias> = new Map([
  [
    // D12: named as upstream names it, whose own file tells its users to apply one that is not there.
    "lb-hostname",
    {
      key: "loadBalancerAddress",
      type: "loadbalancer",
      value: "hostname",
      given: { loadBalancerAddress: "hostname" },
      purpose: "where a load balancer announces an IP address and a host name, the host name is taken",
    },
  ],
  [
    "tls",
    {
      key: "tls",
      type: "ingress",
      value: "true",
      given: { tls: secretForEach },
      purpose: "the hosts of type ingress are served over https, each with a Secret of yours, SERVICE-tls",
    },
  ],
]);

export const aliasNames: readonly string[] = [...aliases.keys()];

/** Undefined for a profile that is a document. */
export function aliasOf(profile: string): ProfileAlias | undefined {
  return aliases.get(profile);
}

/** Types that a bundled profile is made for; undefined when it suits all. */
export function typesFor(profile: string): readonly ReleaseType[] | undefined {
  const alias = aliasOf(profile);
  return alias && [alias.type];
}
