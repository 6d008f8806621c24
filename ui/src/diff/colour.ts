/** Colours lines of code by Shiki, bit by bit, so that a long diff never keeps the window from answering. */
import type { HighlighterCore, GrammarState } from "shiki/core";
import { GRAMMARS, type Language } from "./languages";
import type { Span } from "./pieces";
import { theme, tokenOf } from "./theme";

/** Lines that are coloured before the window gets a turn. */
const AT_ONCE = 40;
/** Longer lines (letters) stay plain: they are generated, and grammars take long for them. */
const LONGEST = 400;
/** Milliseconds that one line may take: the first reads its grammar's rules, and a busy machine must not lose colours. */
const PATIENCE = 10_000;

let highlighter: Promise<HighlighterCore> | null = null;

async function start(): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }] = await Promise.all([
    import("shiki/core"),
    import("shiki/engine/javascript"),
  ]);
  // The engine in JavaScript, because the page's policy allows no WebAssembly; a rule it cannot read is left out.
  return createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) });
}

/**
 * Colours consecutive lines and hands them out as they are done.
 * @param done is told where a batch begins, and the spans of its lines
 */
export async function colour(
  lines: readonly string[],
  language: Language,
  done: (from: number, spans: Span[][]) => void,
  signal: AbortSignal,
): Promise<void> {
  const shiki = await (highlighter ??= start());
  await shiki.loadLanguage(GRAMMARS[language]);
  const lang = shiki.getLoadedLanguages().includes(language) ? language : null;
  if (lang === null) return;
  let state: GrammarState | undefined;
  for (let from = 0; from < lines.length && !signal.aborted; from += AT_ONCE) {
    const batch = lines.slice(from, from + AT_ONCE);
    const tokens = shiki.codeToTokensBase(batch.join("\n"), {
      lang,
      theme: "classes",
      tokenizeMaxLineLength: LONGEST,
      tokenizeTimeLimit: PATIENCE,
      ...(state === undefined ? {} : { grammarState: state }),
    });
    state = shiki.getLastGrammarState(tokens);
    done(
      from,
      tokens.map((line) => line.map((token) => ({ length: token.content.length, token: tokenOf(token.color) }))),
    );
    await new Promise((turn) => setTimeout(turn));
  }
}
