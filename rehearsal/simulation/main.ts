/**
 * The stand-ins for kubelets and operators, as one process beside the control plane.
 * Command line: the kubeconfig, then the options as JSON.
 */
import { KubeConfig } from "@kubernetes/client-node";
import { connect } from "../../cluster/client/connection.ts";
import { ClusterApi } from "./cluster-api.ts";
import { Scheduler } from "./intent.ts";
import type { SimulationOptions } from "./process.ts";
import { rules } from "./rules.ts";
import { watchWorld } from "./world.ts";

const [kubeconfig = "", optionsText = "{}"] = process.argv.slice(2);
const options: SimulationOptions = JSON.parse(optionsText);

const config = new KubeConfig();
config.loadFromFile(kubeconfig);

const log = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
const connection = connect({ kubeconfig });
const scheduler = new Scheduler(new ClusterApi(connection), log);

let looking = false;
const world = watchWorld(config, connection, () => lookSoon());

/** Several changes that come together are looked at once. */
function lookSoon(): void {
  if (looking) return;
  looking = true;
  setTimeout(() => {
    looking = false;
    scheduler.update(rules.flatMap((rule) => rule(world, options)));
  }, 20);
}

// An intent that failed, or was done and then undone, is found again without a change to wake anybody.
setInterval(lookSoon, 1000);

process.on("unhandledRejection", (error) => log(`unexpected: ${error}`));
log(`stand-ins for kubelets and operators started, ${options.realistic ? "realistic" : "quick"} delays`);
