/** Shares one answer of a login helper between all requests. */
import type { Login } from "./login-helper.ts";

/** How long a failed login counts: a command's requests come in waves, and each would open another page for login. */
const failureMilliseconds = 30_000;

/** One login for all requests of a connection, started when the first one needs it. */
export class SharedLogin {
  readonly #start: () => Promise<Login>;
  #current?: Promise<Login>;
  #proven = false;

  constructor(start: () => Promise<Login>) {
    this.#start = start;
  }

  /** The login that counts; a new one when the last has expired. Errors as that of the start. */
  async get(): Promise<Login> {
    const known = this.#current;
    if (!known) return await this.#begin();
    const login = await known;
    if (login.expires === undefined || login.expires > Date.now()) return login;
    // Of several requests that find it expired the first one starts.
    return await (this.#current === known ? this.#begin() : (this.#current ?? this.#begin()));
  }

  /** The API server has accepted a login. */
  accepted(): void {
    this.#proven = true;
  }

  /**
   * The API server has refused a login. @returns whether another may do better: one that it had accepted before is
   * replaced, once; a fresh one would come out the same
   */
  async refused(login: Login): Promise<boolean> {
    if ((await this.#current) !== login) return true;
    if (!this.#proven) return false;
    this.#current = undefined;
    this.#proven = false;
    return true;
  }

  #begin(): Promise<Login> {
    const started = this.#start();
    this.#current = started;
    started.catch(() => {
      const forget = () => {
        if (this.#current === started) this.#current = undefined;
      };
      setTimeout(forget, failureMilliseconds).unref();
    });
    return started;
  }
}
