/** The removals in the API server's audit log since the invariants were last looked at. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { places } from "../../rehearsal/control-plane.ts";
import { paths } from "../support/rehearsal.ts";
import type { Revision } from "./helm-records.ts";
import type { Listed, Removal } from "./removals.ts";

interface AuditEvent {
  readonly stage: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
}

/** Here they have the administrator's name, as everybody has: only their programs tell them apart. */
const controllers = ["kube-apiserver/", "kube-controller-manager/", "kwok-controller/"];

export class RemovalLog {
  private readonly file = join(places(paths.directory).cluster, "logs", "audit.log");
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
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): AuditEvent => JSON.parse(line))
      .filter(
        ({ stage, userAgent = "", responseStatus }) =>
          stage === "ResponseComplete" &&
          (responseStatus?.code ?? 500) < 300 &&
          !controllers.some((program) => userAgent.startsWith(program)),
      )
      .map(({ objectRef }) => ({ resource: objectRef?.resource ?? "", name: objectRef?.name ?? "" }));
  }

  /** Begins anew. */
  async skip(): Promise<void> {
    this.offset = (await stat(this.file)).size;
    this.before.length = 0;
    this.releases.clear();
    this.objects.clear();
  }
}
