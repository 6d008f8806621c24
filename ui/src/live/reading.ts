// Something that is read from the daemon: never twice at a time, so that no older reply comes after a newer one.
export class Reading {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  #again = false;

  /** `wait`, in milliseconds, gathers what `soon` is asked for. */
  constructor(
    private readonly read: () => Promise<void>,
    private readonly wait: number,
  ) {}

  /** Reads it after the wait, once however often it is asked for until then. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.now();
    }, this.wait);
  }

  /** Reads it at once; where it is being read, that one is awaited and it is read once more. `read` does not throw. */
  now(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.read().finally(() => {
      this.#running = null;
      if (!this.#again) return;
      this.#again = false;
      this.soon();
    });
    return this.#running;
  }
}
