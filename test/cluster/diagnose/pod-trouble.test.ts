import assert from "node:assert/strict";
import { troubleOfPod } from "../../../cluster/diagnose/pod-trouble.ts";
import { around, podWith } from "./troubled-namespace.ts";

const waiting = (reason: string, message?: string, given: object = {}) => ({
  containerStatuses: [{ name: "web", restartCount: 0, state: { waiting: { reason, message } }, ...given }],
});

const describePod = "look further: kubectl describe pod web-1 -n shop";

describe("why a pod is not ready", () => {
  for (const [what, pod, lines] of [
    ["nothing, for one that is", podWith({ conditions: [{ type: "Ready", status: "True" }] }), []],
    ["nothing, for one that has ended well", podWith({ phase: "Succeeded" }), []],
    [
      "a Secret that is missing",
      podWith(waiting("CreateContainerConfigError", 'secret "jwt-sign-key" not found')),
      ['Pod web-1: container web: CreateContainerConfigError: secret "jwt-sign-key" not found', describePod],
    ],
    [
      "a ConfigMap that is missing",
      podWith(waiting("CreateContainerConfigError", 'configmap "settings" not found')),
      ['Pod web-1: container web: CreateContainerConfigError: configmap "settings" not found', describePod],
    ],
    [
      "an image that cannot be pulled",
      podWith(waiting("ImagePullBackOff", 'Back-off pulling image "x"')),
      ['Pod web-1: container web: ImagePullBackOff: Back-off pulling image "x"', describePod],
    ],
    [
      "a container that crashes again and again",
      podWith(
        waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container", {
          restartCount: 7,
          lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
        }),
      ),
      [
        "Pod web-1: container web: CrashLoopBackOff, 7 restarts, last exit code 137 (OOMKilled)",
        "look further: kubectl logs web-1 -c web -n shop --previous",
      ],
    ],
    [
      "an init container that ended badly",
      podWith({
        initContainerStatuses: [
          { name: "init", restartCount: 0, state: { terminated: { exitCode: 2, reason: "Error" } } },
        ],
      }),
      [
        "Pod web-1: container init: ended with exit code 2 (Error)",
        "look further: kubectl logs web-1 -c init -n shop --previous",
      ],
    ],
    [
      "a container that its liveness probe kills",
      podWith({
        phase: "Running",
        containerStatuses: [
          {
            name: "web",
            ready: false,
            restartCount: 2,
            state: { running: {} },
            lastState: { terminated: { exitCode: 143 } },
          },
        ],
      }),
      [
        "Pod web-1: container web: running, but not ready after 2 restarts, last exit code 143",
        "look further: kubectl logs web-1 -c web -n shop --previous",
      ],
    ],
    [
      "no node that takes it",
      podWith({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/3 nodes are available: 3 Insufficient cpu.",
          },
        ],
      }),
      ["Pod web-1: not scheduled: 0/3 nodes are available: 3 Insufficient cpu.", describePod],
    ],
    [
      "a volume that is not bound, and one that does not exist",
      podWith(
        {},
        {
          volumes: [
            { persistentVolumeClaim: { claimName: "data" } },
            { persistentVolumeClaim: { claimName: "gone" } },
          ],
        },
      ),
      [
        "Pod web-1: PersistentVolumeClaim data is Pending",
        "Pod web-1: PersistentVolumeClaim gone does not exist",
        describePod,
      ],
    ],
    [
      "a probe that has not succeeded",
      podWith({
        phase: "Running",
        conditions: [
          { type: "ContainersReady", status: "False", message: "containers with unready status: [web]" },
        ],
        containerStatuses: [{ name: "web", ready: false, restartCount: 0, state: { running: {} } }],
      }),
      ["Pod web-1: Running, ContainersReady is False: containers with unready status: [web]", describePod],
    ],
    ["being new", podWith(waiting("ContainerCreating")), ["Pod web-1: Pending, not ready yet", describePod]],
  ] as const) {
    it(`is ${what}`, () => {
      const claims = [{ metadata: { name: "data" }, status: { phase: "Pending" } }];
      assert.deepEqual(troubleOfPod(pod, around({ claims })), lines);
    });
  }

  it("includes the last warning about it, with age and count, and no other", () => {
    const event = (reason: string, lastTimestamp: string, given: object = {}) => ({
      metadata: {},
      reason,
      message: `${reason} happened `,
      involvedObject: { kind: "Pod", name: "web-1", uid: "pod-1" },
      lastTimestamp,
      ...given,
    });
    const events = [
      event("Old", "2026-01-01T11:00:00Z"),
      event("New", "2026-01-01T11:59:30Z", { count: 4 }),
      event("Other", "2026-01-01T11:59:59Z", { involvedObject: { kind: "Pod", name: "web-2" } }),
      event("Former", "2026-01-01T11:59:59Z", {
        involvedObject: { kind: "Pod", name: "web-1", uid: "before" },
      }),
    ];
    assert.deepEqual(troubleOfPod(podWith({}), around({ events })), [
      "Pod web-1: Pending, not ready yet",
      "last event: New: New happened (30 s ago, 4 times)",
      describePod,
    ]);
  });
});
