/**
 * What the engine does, as lines for a reader: one when a Helm release or a step of the program begins or ends,
 * and every warning and error. Made from the event stream that `pulumi up --json` prints.
 */

/** One Helm release as the engine handled it. */
export interface ReleaseProgress {
  name: string;
  /** What the engine did: create, update, same, … */
  operation: string;
  seconds: number;
  /** When the engine had finished with it, in seconds since the run began. */
  endedAt: number;
  failed: boolean;
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  new?: { inputs?: { name?: string } } | null;
  old?: { inputs?: { name?: string } } | null;
}

/** The parts of an engine event that count here. */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; prefix?: string; message: string; severity: string; ephemeral?: boolean };
}

const releaseType = "kubernetes:helm.sh/v3:Release";
const commandType = "command:local:Command";

/** What the rehearsal's own tools make the engine say each time; the rehearsal has said it once already. */
const expected = [
  /^using pulumi-(language|resource)-\S+ from \$PATH/,
  /^rehearsal stand-in for /,
  /is expected to have version/,
];

const verbs: Record<string, [string, string]> = {
  create: ["installing", "installed"],
  "create-replacement": ["installing", "installed"],
  update: ["upgrading", "upgraded"],
  import: ["adopting", "adopted"],
  delete: ["removing", "removed"],
  "delete-replaced": ["removing", "removed"],
};

/** Turns events into lines, and remembers how long each release took. */
export class UpProgress {
  private readonly begun = new Map<string, number>();
  private readonly said = new Set<string>();
  private readonly releases = new Map<string, ReleaseProgress>();
  private readonly print: (line: string) => void;
  private readonly start: number;
  private readonly now: () => number;

  constructor(print: (line: string) => void, now: () => number = () => performance.now()) {
    this.print = print;
    this.now = now;
    this.start = now();
  }

  /** The releases that the engine has handled, in the order in which it finished with them. */
  get finished(): readonly ReleaseProgress[] {
    return [...this.releases.values()];
  }

  /** Takes one line of the stream; anything that is no event is shown as it is. */
  line(text: string): void {
    let event: EngineEvent;
    try {
      event = JSON.parse(text);
    } catch {
      if (text.trim()) this.print(text);
      return;
    }
    this.event(event);
  }

  /** Takes a line of what pulumi printed beside its events. */
  complaint(text: string): void {
    const plain = text.replace(/^(warning|error): /, "");
    if (text.trim() && !this.said.has(text) && !expected.some((pattern) => pattern.test(plain)))
      this.say(text);
  }

  event(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent) this.begin(resourcePreEvent.metadata);
    if (resOutputsEvent) this.end(resOutputsEvent.metadata, false);
    if (resOpFailedEvent) this.end(resOpFailedEvent.metadata, true);
    if (diagnosticEvent) this.diagnostic(diagnosticEvent);
  }

  private begin(step: StepMetadata): void {
    this.begun.set(step.urn, this.now());
    const verb = verbs[step.op];
    if (verb && step.type === releaseType) this.say(`${stepName(step)}: ${verb[0]}`);
    else if (verb && step.type === commandType) this.say(`${stepName(step)}: running`);
  }

  private end(step: StepMetadata, failed: boolean): void {
    const begun = this.begun.get(step.urn);
    const seconds = begun === undefined ? 0 : (this.now() - begun) / 1000;
    const name = stepName(step);
    const verb = verbs[step.op];
    const endedAt = (this.now() - this.start) / 1000;
    if (step.type === releaseType)
      this.releases.set(name, { name, operation: step.op, seconds, endedAt, failed });
    if (!verb || (step.type !== releaseType && step.type !== commandType)) return;
    const outcome = failed ? "FAILED" : step.type === releaseType ? verb[1] : "done";
    this.say(`${name}: ${outcome} after ${seconds.toFixed(1)} s`);
  }

  private diagnostic({
    urn,
    message,
    severity,
    ephemeral,
  }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    // Debug events hold values in clear.
    if (!["info", "info#err", "warning", "error"].includes(severity)) return;
    const text = message.trim();
    if (!text || expected.some((pattern) => pattern.test(text))) return;
    const subject = urn && !urn.includes("pulumi:pulumi:Stack") ? `${nameOf(urn)}: ` : "";
    // The provider's progress on a resource says nothing that its beginning and end don't; a Command's does.
    if (ephemeral && !urn?.includes(commandType)) return;
    const line = `${severity === "warning" || severity === "error" ? `${severity}: ` : ""}${subject}${text}`;
    if (this.said.has(line)) return;
    this.said.add(line);
    this.say(line);
  }

  private say(text: string): void {
    const seconds = ((this.now() - this.start) / 1000).toFixed(1);
    const [first, ...rest] = text.split("\n");
    this.print(`${seconds.padStart(6)} s  ${first}`);
    for (const line of rest) this.print(`          ${line}`);
  }
}

/** A release by its own name, which a reader knows from Helm; anything else by the program's. */
function stepName({ type, urn, new: after, old: before }: StepMetadata): string {
  const release = type === releaseType ? (after ?? before)?.inputs?.name : undefined;
  return release ?? nameOf(urn);
}

/** The last part of a URN: the name that the program gave. */
function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
