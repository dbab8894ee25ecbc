/** What Pulumi Cloud shows of a stack, and `pulumi stack output readme` prints: Markdown for whoever finds the stack. */
import { serviceNamed } from "../configuration/exposure/exposed-services.ts";

/**
 * The stack's README: addresses, login and the commands to go on with. It holds no secret.
 *
 * @param about `addresses`: URLs by name of the output; `passwordCommand`: the command that prints the admin's password.
 */
export function stackReadme(about: {
  readonly stack: string;
  readonly type: string;
  readonly namespace: string;
  readonly platformVersion: string;
  readonly addresses: Readonly<Record<string, string>>;
  readonly passwordCommand: string;
}): string {
  const { stack, type, namespace, platformVersion, addresses, passwordCommand } = about;
  const rows = Object.entries(addresses).map(
    ([name, url]) => `| ${serviceNamed(name)?.name ?? name} | ${url} |`,
  );
  return [
    `# Krateo ${platformVersion}`,
    "",
    `Type \`${type}\`, in namespace \`${namespace}\`.`,
    "",
    ...["| Service | address |", "| --- | --- |", ...rows],
    "",
    "Log in to the frontend as `admin`. This prints the password:",
    "",
    `    ${passwordCommand}`,
    "",
    "In the project's folder:",
    "",
    `- \`npx krateo access --stack ${stack}\`: whether the addresses work from where you are`,
    `- \`npx krateo verify --stack ${stack}\`: whether the cluster has what the configuration says`,
    `- \`npx krateo diff --stack ${stack}\`: what somebody changed by hand`,
    `- \`npx pulumi up --stack ${stack}\`: after a change of the configuration`,
  ].join("\n");
}
