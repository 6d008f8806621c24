// The keys that count everywhere.
import { link, router, type View } from "../route/router.svelte";

const NUMBERS: View[] = ["now", "repositories", "history", "activity", "settings"];

export const mac = /mac|iphone|ipad/i.test(navigator.platform);

/** Somebody is typing there: single letters belong to the field. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

class Keys {
  palette = $state(false);

  press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const main = mac ? event.metaKey : event.ctrlKey;
    if (main && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.palette = !this.palette;
      return;
    }
    if (event.altKey && !main && /^Digit[1-5]$/.test(event.code)) {
      const view = NUMBERS[Number(event.code.slice(5)) - 1];
      if (view !== undefined) {
        event.preventDefault();
        router.go(link(view));
      }
      return;
    }
    if (this.palette || main || event.altKey || event.metaKey) return;
    // Only where nobody else has a use for it: nothing is open, and nothing but the page itself has the focus.
    if (event.key === "Escape" && event.target instanceof HTMLElement && event.target.matches("body, h1")) {
      if (router.moves > 0) router.back();
      return;
    }
    if (event.key === "/" && !typing(event.target)) {
      const search = document.querySelector<HTMLInputElement>("[data-search]");
      if (search === null) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  };
}

export const keys = new Keys();
