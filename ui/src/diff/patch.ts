/** Reads the hunks of a unified diff, as `GET /history/{id}/diff` gives them. */

export type LineKind = "context" | "added" | "deleted";

/** One line of a hunk; `old` and `new` are its numbers before and after, where it has them. */
export interface Line {
  kind: LineKind;
  old: number | null;
  new: number | null;
  text: string;
  /** Git's note that the file ends without a newline here. */
  bare: boolean;
  /** The part that changed within the line, as offsets, where its counterpart is known. */
  changed: [from: number, to: number] | null;
}

export interface Hunk {
  /** What git says the hunk is in, such as the head of a function; often empty. */
  heading: string;
  old: number;
  new: number;
  lines: Line[];
}

const HEADER = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** The hunks of a patch; lines before the first hunk are passed over. */
export function hunksOf(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: Hunk | null = null;
  let before = 0;
  let after = 0;
  for (const row of patch.split("\n")) {
    const header = HEADER.exec(row);
    if (header) {
      before = Number(header[1]);
      after = Number(header[2]);
      hunk = { heading: header[3] ?? "", old: before, new: after, lines: [] };
      hunks.push(hunk);
      continue;
    }
    if (!hunk) continue;
    const text = row.slice(1);
    const line = { text, bare: false, changed: null };
    switch (row[0]) {
      case " ":
        hunk.lines.push({ ...line, kind: "context", old: before++, new: after++ });
        break;
      case "+":
        hunk.lines.push({ ...line, kind: "added", old: null, new: after++ });
        break;
      case "-":
        hunk.lines.push({ ...line, kind: "deleted", old: before++, new: null });
        break;
      case "\\": {
        const last = hunk.lines.at(-1);
        if (last) last.bare = true;
        break;
      }
    }
  }
  for (const each of hunks) markChanges(each.lines);
  return hunks;
}

/** Marks what changed within lines: a run of deleted lines followed by as many added ones is taken as line for line. */
function markChanges(lines: Line[]): void {
  let at = 0;
  while (at < lines.length) {
    const start = at;
    while (lines[at]?.kind === "deleted") at++;
    const deleted = at - start;
    while (lines[at]?.kind === "added") at++;
    const added = at - start - deleted;
    if (deleted > 0 && deleted === added) {
      for (let i = 0; i < deleted; i++) markPair(lines[start + i]!, lines[start + deleted + i]!);
    }
    if (at === start) at++;
  }
}

/** Marks what lies between the common start and the common end of two lines, in whole words. */
function markPair(old: Line, now: Line): void {
  const [a, b] = [old.text, now.text];
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  while (start > 0 && inWord(a, start) && inWord(b, start)) start--;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  while (end > 0 && inWord(a, a.length - end) && inWord(b, b.length - end)) end--;
  const common = a.slice(0, start).trim().length + a.slice(a.length - end).trim().length;
  // Lines with little in common are two lines, not one line that changed.
  if (common * 3 < Math.max(a.trim().length, b.trim().length)) return;
  if (start < a.length - end) old.changed = [start, a.length - end];
  if (start < b.length - end) now.changed = [start, b.length - end];
}

/** Whether a cut at `at` would go through a word. */
function inWord(text: string, at: number): boolean {
  return at > 0 && at < text.length && isWord(text[at - 1]!) && isWord(text[at]!);
}

function isWord(letter: string): boolean {
  return /[\p{L}\p{N}_]/u.test(letter);
}
