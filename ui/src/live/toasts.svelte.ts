// Short words about what was just done, with a way back.

export interface Toast {
  id: number;
  text: string;
  /** `problem` stays until it is closed. */
  kind: "done" | "problem";
  undo: (() => void) | null;
}

/** How long a toast stays, in milliseconds; with a way back it stays longer. */
const STAYS = 4_000;
const STAYS_WITH_UNDO = 8_000;
const MOST = 3;

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Tells what was done; `undo` takes it back. */
  done(text: string, undo: (() => void) | null = null): void {
    this.#add({ id: this.#next++, text, kind: "done", undo });
  }

  /** Tells what did not work. */
  problem(text: string): void {
    this.#add({ id: this.#next++, text, kind: "problem", undo: null });
  }

  close(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Nothing goes away while somebody points at it. */
  hold(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** They go away again. */
  release(): void {
    for (const toast of this.list) this.#expire(toast);
  }

  #add(toast: Toast): void {
    this.list = [...this.list.filter(({ text }) => text !== toast.text), toast].slice(-MOST);
    this.#expire(toast);
  }

  #expire(toast: Toast): void {
    if (toast.kind === "problem") return;
    clearTimeout(this.#timers.get(toast.id));
    this.#timers.set(toast.id, setTimeout(() => this.close(toast.id), toast.undo === null ? STAYS : STAYS_WITH_UNDO));
  }
}

export const toasts = new Toasts();
