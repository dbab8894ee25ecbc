/** Tells when users can log in, and how. */
import * as pulumi from "@pulumi/pulumi";
import { adminPassword } from "../components/portal-defaults.ts";
import { pageUrlOf } from "./addresses.ts";
import type { BuildContext } from "./build-context.ts";

/** Says where users can log in as soon as they can: much of the platform is still being installed then. */
export function loginNotice(build: BuildContext): pulumi.ResourceHook {
  return new pulumi.ResourceHook("login", async () => {
    const url = await new Promise((resolve) => pageUrlOf(build).apply(resolve));
    await pulumi.log.info(
      `users can log in now, at ${url} as admin; this prints the password: ${passwordCommand(build.settings.namespace)}`,
    );
  });
}

/** The command that prints the password of the first account. */
export function passwordCommand(namespace: string): string {
  return `kubectl get secret ${adminPassword} -n ${namespace} -o jsonpath='{.data.password}' | base64 -d`;
}
