// How messages are written below a folder: the blocks of the setting `messages`.
import type { SettingValue } from "../../api";

export interface Wishes {
  path: string;
  /** For the language model, in words. */
  instructions: string;
  /** Subjects to write like. */
  examples: string[];
  /** No language model sees anything of these repositories. */
  rulesOnly: boolean;
}

export const NONE: Wishes = { path: "", instructions: "", examples: [], rulesOnly: false };

export function readWishes(value: SettingValue): Wishes[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((block) => {
    if (typeof block === "string") return [];
    const { path, instructions, examples, rules_only: rulesOnly } = block;
    return [
      {
        path: typeof path === "string" ? path : "",
        instructions: typeof instructions === "string" ? instructions : "",
        examples: Array.isArray(examples) ? examples.filter((each) => typeof each === "string") : [],
        rulesOnly: rulesOnly === true,
      },
    ];
  });
}

/** As the file has them: what is not wished is not written. */
export function writeWishes(all: readonly Wishes[]): Record<string, unknown>[] {
  return all.map(({ path, instructions, examples, rulesOnly }) => ({
    path,
    ...(instructions === "" ? {} : { instructions }),
    ...(examples.length === 0 ? {} : { examples }),
    ...(rulesOnly ? { rules_only: true } : {}),
  }));
}

/** What was typed: an example is a line. */
export function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
