import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of pull Secrets that the user names", () => {
    const secret = (type: string | undefined) => () =>
      found("images", [], { pullSecrets: [{ name: "regcred", type }] });
    const subject = "pull Secret krateo-system/regcred";
    cases([
      ["says nothing where none is named", () => found("images", [], { pullSecrets: [] }), []],
      ["says nothing where they may not be read", () => found("images", []), []],
      [
        "takes one that a kubelet takes",
        secret("kubernetes.io/dockerconfigjson"),
        [["OK", subject, "kubernetes.io/dockerconfigjson"]],
      ],
      ["refuses one that is not there", secret(undefined), [["ERROR", subject, "not found"]]],
      [
        "refuses one of another type",
        secret("Opaque"),
        [["ERROR", subject, "type Opaque, with which no image is pulled"]],
      ],
    ]);
  });
});
