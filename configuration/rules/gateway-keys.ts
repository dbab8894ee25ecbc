/** Whether the keys for type gateway say which Gateway is meant. */
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { StackReading } from "../stack-config.ts";

/** An existing Gateway, or a class for one of our own: exactly one of the two. */
export function gatewayProblems({ config: { type, local, exposure } }: StackReading): Problem[] {
  if (type !== "gateway" || local) return [];
  const { gateway, gatewayClass, gatewayAnnotations } = exposure;
  const place = { file: stackConfiguration, path: "krateo:gateway" };
  const allowed =
    "krateo:gateway for an existing Gateway, or krateo:gatewayClass for one that the program makes";
  if (gateway === undefined && gatewayClass === undefined) {
    return [
      {
        what: "type gateway needs a Gateway",
        ...place,
        allowed,
        next:
          "pulumi config set --path krateo:gateway.name NAME, or pulumi config set krateo:gatewayClass CLASS; " +
          "the cluster's are listed by kubectl get gateways -A and kubectl get gatewayclasses",
      },
    ];
  }
  if (gateway === undefined) return [];
  return [
    ...(gatewayClass === undefined
      ? []
      : [
          {
            what: "krateo:gateway names an existing Gateway, and krateo:gatewayClass asks for one that the program makes",
            ...place,
            allowed,
            next: "take one of them out: pulumi config rm krateo:gateway, or pulumi config rm krateo:gatewayClass",
          },
        ]),
    ...(Object.keys(gatewayAnnotations).length === 0
      ? []
      : [
          {
            what: "krateo:gatewayAnnotations are for a Gateway that the program makes, and krateo:gateway names an existing one",
            file: stackConfiguration,
            path: "krateo:gatewayAnnotations",
            next: "pulumi config rm krateo:gatewayAnnotations",
          },
        ]),
  ];
}
