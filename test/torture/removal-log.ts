/** The removals in the API server's audit log since the invariants were last looked at. */
import { readFile } from "node:fs/promises";
import { places } from "../../rehearsal/control-plane.ts";
import { type AuditEvent, isChange } from "../support/audit-log.ts";
import { paths } from "../support/rehearsal.ts";
import type { Revision } from "./helm-records.ts";
import type { Listed, Removal } from "./removals.ts";

/** Here they have the administrator's name, as everybody has: only their programs tell them apart. */
const controllers = ["kube-apiserver/", "kube-controller-manager/", "kwok-controller/"];

export class RemovalLog {
  private readonly file = places(paths.directory).auditLog;
  private offset = 0;
  private readonly before: Revision[] = [];
  private readonly releases = new Set<string>();
  private readonly objects = new Set<string>();

  /** Remembers releases that there are, before something is done to them. */
  remember(some: readonly Revision[]): void {
    this.before.push(...some);
  }

  /** A plan lists the removal of these, or the history itself has removed them by hand. */
  mayGo({
    releases = [],
    objects = [],
  }: {
    releases?: readonly string[];
    objects?: readonly string[];
  }): void {
    for (const release of releases) this.releases.add(release);
    for (const object of objects) this.objects.add(object);
  }

  /** What may be removed, for `unlisted`. */
  listed(now: ReadonlyMap<string, Revision>): Listed {
    const { before, releases, objects } = this;
    return { before, now, releases, objects };
  }

  /** What others than the cluster's own controllers have removed since the last `skip`. */
  async removals(): Promise<Removal[]> {
    const text = (await readFile(this.file)).subarray(this.offset).toString();
    return (
      text
        .split("\n")
        // The last line may be half written.
        .slice(0, -1)
        .map((line): AuditEvent => JSON.parse(line))
        .filter(
          (event) =>
            event.verb.startsWith("delete") &&
            isChange(event) &&
            !controllers.some((program) => event.userAgent?.startsWith(program)),
        )
        .map(({ objectRef }) => ({ resource: objectRef?.resource ?? "", name: objectRef?.name ?? "" }))
    );
  }

  /** Begins anew. */
  async skip(): Promise<void> {
    this.offset = (await readFile(this.file)).lastIndexOf("\n") + 1;
    this.before.length = 0;
    this.releases.clear();
    this.objects.clear();
  }
}
