import type { Setting, SettingValue } from "../../api";
import { count } from "../../text/count";

/** A value in words: "60 seconds", "on", "origin", "3 entries". */
export function shownValue(setting: Pick<Setting, "value" | "unit">): string {
  return inWords(setting.value, setting.unit);
}

export function inWords(value: SettingValue, unit: string | null): string {
  if (value === null) return "not set";
  if (value === true) return "on";
  if (value === false) return "off";
  if (Array.isArray(value)) {
    const [first] = value;
    if (first === undefined) return "empty";
    return value.length === 1 && typeof first === "string" ? first : count(value.length, "entry");
  }
  return unit === null ? String(value) : `${value} ${unit}`;
}

/** What a person typed, as the kind of value that the setting has; what is no number stays text, and the engine says so. */
export function typedValue(setting: Pick<Setting, "kind" | "optional">, text: string): SettingValue {
  const trimmed = text.trim();
  if (trimmed === "" && setting.optional) return null;
  if (setting.kind !== "integer" && setting.kind !== "number") return trimmed;
  const number = Number(trimmed);
  return trimmed !== "" && Number.isFinite(number) ? number : trimmed;
}

/** What is wrong with what was typed before anybody is asked; nothing where only the engine can say. */
export function mistyped(setting: Pick<Setting, "kind" | "optional">, text: string): string | null {
  if (setting.kind !== "integer" && setting.kind !== "number") return null;
  const value = typedValue(setting, text);
  if (value === null || (typeof value === "number" && (setting.kind === "number" || Number.isInteger(value)))) return null;
  return setting.kind === "integer" ? "It must be a whole number." : "It must be a number.";
}

/** The words of a list; a value of another kind has none. */
export function listOf(value: SettingValue): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function textOf(value: SettingValue): string {
  return value === null || typeof value === "object" ? "" : String(value);
}

/** Where the value in force comes from, in words. */
export function sourceOf(setting: Setting): string {
  switch (setting.layer) {
    case "default":
      return "Default";
    case "file":
      return setting.place ?? "Your file";
    case "environment":
      return `Set by ${setting.place ?? "the environment"}`;
    case "command_line":
      return `Set by ${setting.place ?? "the command line"}`;
  }
}

/** A layer above the file decides: a change here would have no effect. */
export function overridden(setting: Setting): boolean {
  return setting.layer === "environment" || setting.layer === "command_line";
}
