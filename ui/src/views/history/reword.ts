import { api, failureOf, type Entry } from "../../api";
import { live } from "../../live/live.svelte";
import { toasts } from "../../live/toasts.svelte";
import type { Message } from "../../message/message";

/** It was committed by us and no remote has it yet, so its message may still be another one; the engine has the last word. */
export function canReword(entry: Entry): boolean {
  return entry.status === "committed" && entry.commit !== null && entry.subject !== null;
}

/** Gives a commit another message; resolves to why not, where it was refused. */
export async function reword(entry: Entry, message: Message): Promise<string | null> {
  const before = { subject: entry.subject ?? "", body: entry.body ?? "" };
  if (message.subject === before.subject && message.body === before.body) return null;
  try {
    await api.reword(entry.id, message);
  } catch (thrown) {
    return failureOf(thrown).sentence;
  }
  live.historyChanged();
  const undo = async () => {
    const refused = await reword({ ...entry, ...message }, before);
    if (refused !== null) toasts.problem(refused);
  };
  toasts.done("The commit has its new message.", () => void undo());
  return null;
}
