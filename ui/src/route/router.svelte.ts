// Where we are, in the part of the address behind "#". A page is a view, perhaps one thing in it, and a query.

export const VIEWS = ["now", "repositories", "history", "activity", "settings", "setup"] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  view: View;
  /** What comes after the view: a repository's id, a group of settings. */
  part: string | null;
  query: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const [first = "", ...rest] = path.split("/");
  const view = VIEWS.find((name) => name === first) ?? "now";
  const part = rest.join("/");
  let decoded = part;
  try {
    decoded = decodeURIComponent(part);
  } catch {
    // Somebody typed a broken address: take it as it stands.
  }
  return { view, part: decoded === "" ? null : decoded, query: new URLSearchParams(search) };
}

/** The address of a page, for links. Empty values are left out of the query. */
export function link(view: View, part: string | null = null, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "");
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  const path = view === "now" ? "" : view;
  return `#/${path}${part === null ? "" : `/${encodeURIComponent(part)}`}${search}`;
}

class Router {
  route = $state.raw<Route>(parse(location.hash));
  /** How often we went somewhere: the first page does not take the focus, the others do. */
  moves = $state(0);

  constructor() {
    window.addEventListener("hashchange", () => {
      this.route = parse(location.hash);
      this.moves += 1;
    });
  }

  /** Goes to a page; the one before stays reachable by "back". */
  go(to: string): void {
    const target = to.startsWith("#") ? to : `#${to.startsWith("/") ? "" : "/"}${to}`;
    if (target !== location.hash) location.hash = target;
  }

  /** Changes the address without a new page: searches, filters, what is unfolded. */
  replace(to: string): void {
    if (to === location.hash) return;
    history.replaceState(history.state, "", to);
    this.route = parse(location.hash);
  }

  back(): void {
    history.back();
  }
}

export const router = new Router();
