// A commit message as people read it: a subject, and a body where one line is not enough.
import type { MessageSource } from "../api";
import { duration } from "../text/duration";

export interface Message {
  subject: string;
  body: string;
}

/** Subjects of more letters are cut off by many tools. */
export const ROOM = 72;

/** The whole text, as it stands in the commit. */
export function wholeOf({ subject, body }: { subject: string; body: string | null }): string {
  return body ? `${subject}\n\n${body}` : subject;
}

/** What was typed, without the spaces and lines around it that a commit would not keep. */
export function tidied({ subject, body }: Message): Message {
  const lines = body.split("\n").map((line) => line.trimEnd());
  return { subject: subject.trim(), body: lines.join("\n").replace(/^\n+|\n+$/g, "") };
}

/** How many letters the subject has, as people count them. */
export function lengthOf(subject: string): number {
  return [...new Intl.Segmenter("en").segment(subject.trim())].length;
}

export const SOURCES: Record<MessageSource, string> = {
  llm: "Written by a language model",
  rules: "Written by rules",
  person: "Written by a person",
};

/** What is known about how a message came to be. */
export interface Origin {
  source: MessageSource;
  /** Why this source wrote it, in a sentence. */
  reason: string | null;
  /** Milliseconds it took. */
  ms: number | null;
}

/**
 * Who wrote the message, and why not the model.
 * @param model how the language model does now, as `/status` says it; for what was kept without a reason
 */
export function originSentence({ source, reason, ms }: Origin, model?: string): string {
  if (source === "person") return reason ?? "A person wrote this message.";
  if (source === "llm") return reason ?? `A language model wrote this message${ms === null ? "." : ` in ${duration(ms)}.`}`;
  if (reason === null) return `Rules wrote this message from the change itself.${model === "off" ? " No language model is switched on." : ""}`;
  return /^(written|rules)\b/i.test(reason) ? reason : `Rules wrote this message. ${reason}`;
}

/** The machine that a model is asked on. */
export function hostOfServer(baseUrl: string): { host: string; here: boolean } {
  try {
    const { hostname, host } = new URL(baseUrl);
    const here = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
    return { host, here };
  } catch {
    return { host: baseUrl, here: false };
  }
}
