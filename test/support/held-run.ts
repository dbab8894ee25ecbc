/** A run that is in progress for as long as a test wants: authn waits for a Secret that the test makes. */
import { apply } from "./rehearsed-cluster.ts";

const name = "later";

/** The overrides of a stack whose `up` waits. */
export const heldRun = {
  components: {
    backend: { stepConfig: { "install-authn": { helmValues: { jwtSignKeySecretName: name } } } },
  },
};

/** Lets the run continue. */
export async function letRunContinue(): Promise<void> {
  await apply({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "krateo-system" },
    stringData: { JWT_SIGN_KEY: "any" },
  });
}
