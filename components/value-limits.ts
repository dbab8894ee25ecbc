/** Limits that several charts share: what they do with `imagePullSecrets` and with annotations of their Service. */
import type { ImageDescription, ValueLimit } from "./description.ts";

/** What those whose pods take no pull Secret can do instead. */
export const withoutPullSecret = "the nodes' own credentials, or a mirror without a login";

/** What a chart does with the value that names pull Secrets of an image; undefined for one that takes any text. */
export function loginLimit({ login, upTo }: ImageDescription): ValueLimit | undefined {
  if ("none" in login) {
    const why = `does not hand ${login.ignored.join(".")} on to ${login.none}`;
    return { upTo, path: login.ignored, when: "filled", kind: "ignored", why, next: withoutPullSecret };
  }
  const { at: path, form } = login;
  const key = path.join(".");
  if (form === "names") {
    return {
      upTo,
      path,
      when: "no list of names",
      kind: "refused",
      why: `takes plain names in ${key}, where the other charts take maps with a name`,
      allowed: "a list of names such as [regcred]",
      next: `give it in that form, beside helmDefaults of its component: HERE.${key}: [NAME]`,
    };
  }
  if (form === "name") return undefined;
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
