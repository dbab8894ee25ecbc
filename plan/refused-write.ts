/** Says in words why a cluster that can be read refuses to be written to. */

interface Refusal {
  /** What the API server, or whoever reports its answer, says. */
  readonly said: RegExp;
  readonly words: (match: RegExpExecArray) => string;
  readonly next: string;
}

const afterwards = "then: npx krateo repair && npx pulumi up";

const refusals: readonly Refusal[] = [
  {
    said: /database space exceeded|etcdserver: no space/,
    words: () => "the cluster's database (etcd) is full, so its API server refuses every write",
    next: `an administrator of the cluster must compact and defragment etcd, and disarm its NOSPACE alarm (etcdctl alarm list); ${afterwards}`,
  },
  {
    said: /etcdserver: (request timed out|leader changed|no leader|too many requests)/,
    words: ([, fault]) => `the cluster's database (etcd) does not take writes now: ${fault}`,
    next: `wait until it does; ${afterwards}`,
  },
  {
    said: /ValidatingAdmissionPolicy '([^']+)'[^:]* denied request: ([^\n]*)/,
    words: ([, policy, why]) => `the cluster's ValidatingAdmissionPolicy ${policy} refuses the write: ${why}`,
    next: `kubectl get validatingadmissionpolicies; once it lets the write through, ${afterwards}`,
  },
  {
    said: /admission webhook "([^"]+)" denied the request:? ?([^\n]*)/,
    words: ([, webhook, why]) => `the cluster's admission webhook ${webhook} refuses the write: ${why}`,
    next: `once it lets the write through, ${afterwards}`,
  },
  {
    said: /failed calling webhook "([^"]+)"/,
    words: ([, webhook]) =>
      `the cluster's admission webhook ${webhook} does not answer, so the API server refuses the writes that the webhook must check`,
    next: `check that its Service has running pods (kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations); ${afterwards}`,
  },
  {
    said: /exceeded quota: ([^,\s]+),[^\n]*/,
    words: ([text, quota]) => `the ResourceQuota ${quota} of the namespace is used up: ${text}`,
    next: `kubectl describe resourcequota -A; once there is room, ${afterwards}`,
  },
  {
    said: /because it is being terminated/,
    words: () => "the namespace is being deleted, so nothing can be created in it",
    next: "wait until it is gone, or find out what holds it: kubectl get namespace -o yaml",
  },
];

/** Why a write was refused, and what to do; undefined for an error of another kind. */
export function refusedWrite(message: string): { readonly what: string; readonly next: string } | undefined {
  for (const { said, words, next } of refusals) {
    const match = said.exec(message);
    if (match) return { what: words(match), next };
  }
  return undefined;
}
