/** Bundled profiles and types that contradict each other, each with the reason. */

import { type Problem, stackConfiguration } from "../../model/problem.ts";
import { typesFor } from "../exposure/profile-aliases.ts";
import type { ResolvedConfiguration } from "../resolved-configuration.ts";
import type { StackConfig } from "../stack-config.ts";

/** Pairs of profiles that cannot both be meant. All others combine, in any order. */
export const conflicts: readonly { readonly profiles: readonly [string, string]; readonly why: string }[] = [
  {
    profiles: ["no-cnpg", "small"],
    why: "one uses your own database, the other sets the size of the program's database",
  },
];

/** Every contradiction among the profiles, and between them and the type. */
export function conflictProblems({ config, profiles }: ResolvedConfiguration): Problem[] {
  const place = { file: stackConfiguration, path: "krateo:profiles" };
  const unsuited = profiles.flatMap((profile): Problem[] => {
    const types = typesFor(profile);
    if (types === undefined || types.includes(config.type)) return [];
    return [
      {
        what: `profile ${profile} is not made for type ${config.type}`,
        ...place,
        given: `type ${config.type}`,
        allowed: types,
        next: `leave the profile out, or set krateo:type to ${types.join(" or ")}`,
      },
    ];
  });
  const contradictory = conflicts
    .filter(({ profiles: pair }) => pair.every((profile) => profiles.includes(profile)))
    .map(({ profiles: [one, other], why }) => ({
      what: `profiles ${one} and ${other} contradict each other: ${why}`,
      ...place,
      given: profiles.join(", "),
      next: "leave one of them out",
    }));
  return [
    ...unsuited,
    ...contradictory,
    ...routesProblems(config, profiles),
    ...keyProblems(config, profiles),
  ];
}

/** Routes are OpenShift's, and OpenShift runs none of the pods as they come. */
function routesProblems({ type }: StackConfig, profiles: readonly string[]): Problem[] {
  if (type !== "routes" || profiles.includes("openshift")) return [];
  return [
    {
      what: "type routes is for OpenShift, and the configuration is not: OpenShift would refuse its pods",
      file: stackConfiguration,
      path: "krateo:openshift",
      next: "pulumi config set krateo:openshift true, or set krateo:type to another type",
    },
  ];
}

/** Keys and profiles that say two things about one. */
function keyProblems({ exposure }: StackConfig, profiles: readonly string[]): Problem[] {
  const { loadBalancerAddress, tls } = exposure;
  const problems: Problem[] = [];
  if (loadBalancerAddress === "ip" && profiles.includes("lb-hostname")) {
    problems.push({
      what: "profile lb-hostname takes host names, and krateo:loadBalancerAddress takes IP addresses",
      file: stackConfiguration,
      path: "krateo:loadBalancerAddress",
      next: "remove one of them; without both, the program takes the address that the load balancer has",
    });
  }
  if (tls !== undefined && profiles.includes("tls")) {
    problems.push({
      what: "profile tls and krateo:tls both say where the certificates come from",
      file: stackConfiguration,
      path: "krateo:tls",
      next: "take the profile out: krateo:tls does all that it does",
    });
  }
  return problems;
}
