import { rowAfter } from "./rows";

/** Rows of a short list carry `data-row`; arrows, Home and End go from one to the next, and Tab leaves it all as it is. */
export function arrows(list: HTMLElement): () => void {
  function press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
    const index = rows.findIndex((row) => row === event.target);
    const next = index === -1 ? null : rowAfter(event.key, index, rows.length, rows.length);
    if (next === null) return;
    event.preventDefault();
    rows[next]?.focus();
  }

  list.addEventListener("keydown", press);
  return () => list.removeEventListener("keydown", press);
}
