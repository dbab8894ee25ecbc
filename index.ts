import * as pulumi from "@pulumi/pulumi";
import { isDebugging } from "./configuration/debug.ts";
import { passwordCommand } from "./resources/login.ts";
import { Platform } from "./resources/platform.ts";
import { stackReadme } from "./resources/stack-readme.ts";
import { shortenConsequences } from "./resources/user-errors.ts";
import { liveSide } from "./run/live-side.ts";
import { startRun } from "./run/start.ts";

const { connection, plan, manifests } = await startRun();
const { settings, inventory } = plan;
const live = liveSide(connection, plan, manifests);

// Pulumi takes a stack trace for each resource that it registers: a quarter of a preview's time, and nobody sees them.
if (!isDebugging()) Error.stackTraceLimit = 0;
shortenConsequences();
if (inventory.namespace) await live.enter();

const platform = new Platform("krateo", { ...plan, ...live, stack: pulumi.getStack() });

export const clusterUid = inventory.clusterUid;
export const namespace = settings.namespace;
export const platformVersion = settings.platformVersion;
export const releases = platform.releases;
export const addresses = platform.addresses;
export const hostsFile = platform.hostsFile;
export const adminPassword = passwordCommand(namespace);
export const access = "npx krateo access says whether these addresses work from where you are";
/** Pulumi Cloud shows the output of this name with the stack. */
export const readme = platform.addresses.apply((found) =>
  stackReadme({
    stack: pulumi.getStack(),
    type: settings.type,
    namespace,
    platformVersion,
    addresses: found,
    passwordCommand: adminPassword,
  }),
);
