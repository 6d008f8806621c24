// The settings as the engine knows them, and changing one of them: checked while typing, applied at once, taken back on request.
import { api, type ErrorReply, type Failure, failureOf, type Setting, type SettingProblem, type SettingsReply, type SettingValue } from "../../api";
import { toasts } from "../../live/toasts.svelte";
import { shownValue } from "./values";

/** What a refused change names: each key with a sentence. */
function problemsIn(refused: Failure): SettingProblem[] {
  const reply = refused.body as ErrorReply | null;
  return reply?.error?.problems ?? [];
}

/** What is wrong with this key, in one sentence; nothing when it is well. */
function about(key: string, problems: SettingProblem[]): string | null {
  const own = problems.find((problem) => problem.key === key) ?? problems.find((problem) => problem.key === null);
  if (own === undefined) return null;
  // Beside the field its own key need not be named.
  return own.message.replace(`\`${key}\` `, "It ");
}

class Settings {
  reply = $state.raw<SettingsReply | null>(null);
  problem = $state.raw<unknown>(null);

  async load(): Promise<void> {
    try {
      this.reply = await api.settings();
      this.problem = null;
    } catch (thrown) {
      this.problem = thrown;
    }
  }

  /** What would be wrong with this value; writes nothing. */
  async check(key: string, value: SettingValue, signal: AbortSignal): Promise<string | null> {
    try {
      const reply = await api.changeSettings({ [key]: value }, true, signal);
      return about(key, reply.problems);
    } catch (thrown) {
      if (signal.aborted) return null;
      const failure = failureOf(thrown);
      return about(key, problemsIn(failure)) ?? failure.message;
    }
  }

  /** Writes the value (nothing: the default) and says how to take it back; resolves to what is wrong, if it was. */
  async change(setting: Setting, value: SettingValue): Promise<string | null> {
    const before = setting.layer === "file" ? setting.value : null;
    try {
      this.reply = await api.changeSettings({ [setting.key]: value });
    } catch (thrown) {
      const failure = failureOf(thrown);
      const wrong = about(setting.key, problemsIn(failure));
      if (wrong !== null) return wrong;
      toasts.problem(failure.sentence);
      return null;
    }
    const now = this.#find(setting.key) ?? setting;
    const said = value === null ? `${setting.name} is back at its default, ${shownValue(now)}.` : `${setting.name}: ${shownValue(now)}.`;
    toasts.done(now.restart ? `${said} It counts from the next start.` : said, () => void this.change(now, before));
    return null;
  }

  #find(key: string): Setting | undefined {
    return this.reply?.groups.flatMap((group) => group.settings).find((setting) => setting.key === key);
  }
}

export const settings = new Settings();
