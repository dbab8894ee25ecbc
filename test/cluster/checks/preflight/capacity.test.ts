import type { ClusterReading } from "../../../../cluster/checks/preflight/reading.ts";
import { node, pod } from "../../../support/cluster-reading.ts";
import { cases, found } from "./findings.ts";

describe("preflight", () => {
  describe("of capacity", () => {
    const capacity = (given: Partial<ClusterReading>) => () => found("capacity", [], given);
    const tainted = node("b", { spec: { taints: [{ key: "control-plane", effect: "NoSchedule" }] } });
    const init = (restartPolicy?: string) =>
      pod(
        "p",
        { cpu: "500m" },
        {
          spec: {
            nodeName: "a",
            containers: [{ name: "c", resources: { requests: { cpu: "500m", memory: "1Gi" } } }],
            initContainers: [
              { name: "i", restartPolicy, resources: { requests: { cpu: "2", memory: "2Gi" } } },
            ],
            overhead: { cpu: "100m" },
          },
        },
      );
    cases([
      [
        "takes off what pods have asked for",
        capacity({ pods: [pod("p", { cpu: "4500m", memory: "50Gi" })] }),
        [["WARNING", "nodes", "11.5 vCPU and 14 GiB free on 1 of 1 nodes"]],
      ],
      [
        "counts an init container where it asks for more",
        capacity({ pods: [init()] }),
        [["OK", "nodes", "13.9 vCPU and 62 GiB free on 1 of 1 nodes"]],
      ],
      [
        "adds a sidecar to the containers",
        capacity({ pods: [init("Always")] }),
        [["OK", "nodes", "13.4 vCPU and 61 GiB free on 1 of 1 nodes"]],
      ],
      [
        "counts neither ended pods, nor those of nodes that do not count, nor the platform's own",
        capacity({
          pods: [
            pod("done", { cpu: "9" }, { status: { phase: "Succeeded" } }),
            pod("off", { cpu: "9" }, { spec: { nodeName: "b", containers: [] } }),
            pod("own", { cpu: "9" }, { metadata: { name: "own", namespace: "krateo-system" } }),
          ],
        }),
        [["OK", "nodes", "16 vCPU and 64 GiB free on 1 of 1 nodes"]],
      ],
      [
        "does not count nodes that take no pods",
        capacity({ nodes: [node("a"), tainted, node("c", { spec: { unschedulable: true } })] }),
        [["OK", "nodes", "16 vCPU and 64 GiB free on 1 of 3 nodes"]],
      ],
      [
        "warns where no node takes pods",
        capacity({ nodes: [tainted, node("n", { status: { allocatable: { cpu: "16" } } })] }),
        [["WARNING", "nodes", "none of 2 is ready and takes pods"]],
      ],
    ]);
  });
});
