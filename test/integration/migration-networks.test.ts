import { badNetworks } from "../support/bad-networks.ts";
import { calm, converges, inNetwork } from "../support/network-outcome.ts";
import { comeBackTo, keep, seedLegacy } from "../support/rehearsal.ts";
import { TestStack } from "../support/test-stack.ts";
import { carryOver, migrated, secretData, unchanged } from "./migrated-platform.ts";

/** Minutes each: only with KRATEO_TEST_NETWORKS=all. */
const isAsked = process.env["KRATEO_TEST_NETWORKS"] === "all";

(isAsked ? describe : describe.skip)("a migration of Krateo 2.7.0 in a network", () => {
  let secrets: Record<string, unknown>;

  before(async () => {
    await seedLegacy("nodeport");
    secrets = await secretData();
    await keep("krateo-2.7.0-networks");
  });

  for (const one of badNetworks)
    it(`${one.title}: ends well, or says why not and goes on in a good one`, async () => {
      await comeBackTo("krateo-2.7.0-networks");
      await inNetwork(one, async (network) => {
        const { kubeconfig } = network;
        const stack = await TestStack.open("migrate-network", { type: "nodeport", kubeconfig });
        await calm(network);
        await carryOver(stack);
        network.faulty = true;
        await converges(stack, "up", network, one);
        await calm(network);
        unchanged(secrets, await secretData(), "in a migration");
        await migrated(stack);
      });
    });
});
