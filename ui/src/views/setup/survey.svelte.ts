// What would happen in the chosen folders: looked up anew whenever the choice changes, and nothing is written by it.
import { api, type SurveyedRepo, type SurveyReply } from "../../api";
import { live } from "../../live/live.svelte";

/** Stillness after a change of the choice before the look begins, in milliseconds. */
const REST = 250;

class Survey {
  reply = $state.raw<SurveyReply | null>(null);
  problem = $state.raw<unknown>(null);
  busy = $state(false);
  progress = $state.raw<{ done: number; total: number; path: string } | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  /** Looks at these folders, after a moment; the look before is given up. */
  look(folders: string[]): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.problem = null;
    this.progress = null;
    if (folders.length === 0) {
      this.reply = null;
      this.busy = false;
      return;
    }
    this.busy = true;
    this.#timer = setTimeout(() => void this.#ask(folders), REST);
  }

  async #ask(folders: string[]): Promise<void> {
    const own = (this.#running = new AbortController());
    const stop = live.on((event) => {
      if (event.type === "survey_progress") this.progress = event;
    });
    try {
      const reply = await api.survey(folders, own.signal);
      if (own.signal.aborted) return;
      this.reply = reply;
    } catch (thrown) {
      if (own.signal.aborted) return;
      this.reply = null;
      this.problem = thrown;
    } finally {
      stop();
      if (!own.signal.aborted) {
        this.busy = false;
        this.progress = null;
      }
    }
  }
}

export const survey = new Survey();

const changed = (repo: SurveyedRepo) => (repo.dirty_files ?? 0) > 0;

/** It is left alone until the person has decided something. */
export function wantsPerson(repo: SurveyedRepo): boolean {
  return repo.needs_trust !== null || repo.held.length > 0 || (repo.reason !== null && changed(repo));
}

export interface Outlook {
  total: number;
  packages: number;
  changed: number;
  /** Repositories whose commits stay on this disk. */
  here: number;
  /** Up to three messages, made from real changes. */
  examples: SurveyedRepo[];
  attention: SurveyedRepo[];
}

export function outlookOf({ repos }: SurveyReply): Outlook {
  return {
    total: repos.length,
    packages: repos.reduce((sum, repo) => sum + repo.packages.length, 0),
    changed: repos.filter(changed).length,
    here: repos.filter(({ remote }) => remote === null).length,
    examples: repos.filter(({ subject }) => subject !== null).slice(0, 3),
    attention: repos.filter(wantsPerson),
  };
}
