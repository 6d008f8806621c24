/**
 * A theme whose colours are names: the page forbids inline styles, so a token's colour becomes one of our classes,
 * and the classes follow light and dark by themselves.
 */
import type { ThemeRegistrationRaw } from "shiki/core";

/** What a piece of code is; also its class, `tok-…`. */
export type Token = "comment" | "keyword" | "string" | "constant" | "function" | "type" | "property" | "heading" | "link";

const SCOPES: Record<Token, string[]> = {
  comment: ["comment", "punctuation.definition.comment", "markup.quote"],
  keyword: ["keyword", "storage", "keyword.operator.word", "markup.bold", "entity.name.section"],
  string: ["string", "markup.inline.raw", "markup.fenced_code", "string.regexp", "punctuation.definition.string"],
  constant: ["constant", "support.constant", "variable.other.enummember", "constant.character.escape"],
  function: ["entity.name.function", "support.function", "meta.function-call.generic", "entity.name.command"],
  type: ["entity.name.type", "entity.name.class", "entity.name.namespace", "support.type", "support.class", "entity.name.tag", "entity.other.inherited-class"],
  property: ["entity.other.attribute-name", "support.type.property-name", "variable.other.property", "variable.other.member", "meta.object-literal.key", "entity.name.tag.yaml"],
  heading: ["markup.heading"],
  link: ["markup.underline.link", "string.other.link"],
};

const ALL = Object.keys(SCOPES) as Token[];
const colour = (index: number) => `#${(index + 1).toString(16).padStart(6, "0")}`;

/** The theme, for Shiki. */
export const theme: ThemeRegistrationRaw = {
  name: "classes",
  type: "dark",
  settings: [
    { settings: { foreground: "#000000", background: "#ffffff" } },
    // Operators are keywords to most grammars, and colouring them makes code noisy.
    { scope: ["keyword.operator", "storage.modifier.pointer"], settings: { foreground: "#000000" } },
    ...ALL.map((token, index) => ({ scope: SCOPES[token], settings: { foreground: colour(index) } })),
  ],
};

const TOKENS = new Map(ALL.map((token, index) => [colour(index), token]));

/** The token that a colour of the theme stands for. */
export function tokenOf(foreground: string | undefined): Token | null {
  return foreground === undefined ? null : (TOKENS.get(foreground.toLowerCase()) ?? null);
}
