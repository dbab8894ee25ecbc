/** Limits that several charts share: what they do with `imagePullSecrets` and with annotations of their Service. */
import type { ValueLimit, ValuePath } from "./description.ts";

/** Of a chart that hands it on: the API server refuses a pod with anything but maps with a name. */
export function pullSecrets(upTo: string, path: ValuePath = ["imagePullSecrets"]): ValueLimit {
  const key = path.join(".");
  return {
    upTo,
    path,
    when: "no list of references",
    kind: "refused",
    why: `takes maps with a name in ${key}; the API server refuses a pod with anything else`,
    allowed: "a list such as [{ name: regcred }]",
    next: `give it in that form: HERE.${key}: [{ name: NAME }]`,
  };
}

/** Of a chart that does not. @param pods Whose image needs no login then. */
export function noPullSecrets(upTo: string, path: ValuePath, pods: string): ValueLimit {
  return {
    upTo,
    path,
    when: "filled",
    kind: "ignored",
    why: `does not hand ${path.join(".")} on to ${pods}`,
    next: "the nodes' own credentials, or a mirror without a login",
  };
}

/** Of a chart whose Service takes no annotations. */
export function noServiceAnnotations(upTo: string): ValueLimit {
  return {
    upTo,
    path: ["service", "annotations"],
    when: "filled",
    kind: "ignored",
    why: "gives its Service no annotations",
    next: "type loadbalancer annotates the Services that it makes itself: krateo:serviceAnnotations",
  };
}
