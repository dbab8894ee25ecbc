import { ApiError } from "../../cluster/client/api-errors.ts";
import type { ClusterApi } from "./cluster-api.ts";
import type { SimulationOptions } from "./process.ts";
import type { World } from "./world.ts";

/** Something that a stand-in will do some time after it has become due, unless it stops being due before. */
export interface Intent {
  /** The same as long as the same thing is to be done for the same reason. */
  key: string;
  afterSeconds: number;
  run(api: ClusterApi): Promise<void>;
}

/** A stand-in: from the cluster as it is to what is to be done about it. */
export type Rule = (world: World, options: SimulationOptions) => Intent[];

interface Scheduled {
  timer: NodeJS.Timeout;
  started: boolean;
}

/** A done intent that is still returned has either not been seen by the watches yet, or was undone by somebody. */
const repeatMilliseconds = 1000;

/** Carries out the rules' intents, each when its time has come. */
export class Scheduler {
  private readonly scheduled = new Map<string, Scheduled>();
  private readonly api: ClusterApi;
  private readonly log: (line: string) => void;

  constructor(api: ClusterApi, log: (line: string) => void) {
    this.api = api;
    this.log = log;
  }

  /** Takes what is due now: new intents get their timer, those not due any more lose theirs. */
  update(intents: readonly Intent[]): void {
    const due = new Set(intents.map(({ key }) => key));
    for (const [key, { timer, started }] of this.scheduled) {
      if (due.has(key) || started) continue;
      clearTimeout(timer);
      this.scheduled.delete(key);
    }
    for (const intent of intents) {
      if (this.scheduled.has(intent.key)) continue;
      const entry: Scheduled = {
        started: false,
        timer: setTimeout(() => void this.carryOut(intent, entry), intent.afterSeconds * 1000),
      };
      this.scheduled.set(intent.key, entry);
    }
  }

  private async carryOut(intent: Intent, entry: Scheduled): Promise<void> {
    entry.started = true;
    try {
      await intent.run(this.api);
      this.log(intent.key);
    } catch (error) {
      // There already, or changed meanwhile: the next look at the cluster tells what is left to do.
      if (!(error instanceof ApiError && error.status === 409))
        this.log(`${intent.key}: ${(error as Error).message}`);
    }
    setTimeout(() => this.scheduled.delete(intent.key), repeatMilliseconds);
  }
}
