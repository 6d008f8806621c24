/** Lays what is coloured and what changed over one line of text. */
import type { Token } from "./theme";

/** So many letters of one kind. */
export interface Span {
  length: number;
  token: Token | null;
}

/** A piece of a line that looks the same throughout. */
export interface Piece {
  text: string;
  token: Token | null;
  changed: boolean;
}

/** The pieces of a line; spans that end early leave the rest plain. */
export function piecesOf(text: string, spans: readonly Span[], changed: readonly [number, number] | null): Piece[] {
  const pieces: Piece[] = [];
  const put = (from: number, to: number, token: Token | null) => {
    if (to <= from) return;
    const [start, end] = changed ?? [0, 0];
    for (const [a, b, inside] of [
      [from, Math.min(to, start), false],
      [Math.max(from, start), Math.min(to, end), true],
      [Math.max(from, end), to, false],
    ] as const) {
      if (b <= a) continue;
      const last = pieces.at(-1);
      if (last && last.token === token && last.changed === inside) last.text += text.slice(a, b);
      else pieces.push({ text: text.slice(a, b), token, changed: inside });
    }
  };
  let at = 0;
  for (const span of spans) {
    const to = Math.min(text.length, at + span.length);
    put(at, to, span.token);
    at = to;
  }
  put(at, text.length, null);
  return pieces;
}
