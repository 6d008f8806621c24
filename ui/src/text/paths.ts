const HOME = /^(?:\/(?:home|Users)\/[^/]+|\/root)(?=\/|$)/;

/** A path as people write it: the home folder is "~". */
export function tilde(path: string): string {
  return path.replace(HOME, "~");
}

/** The folder that a path lies in, as people write it; empty at the top. */
export function parentOf(path: string): string {
  return tilde(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
}

/** A remote's address without what goes without saying: "github.com/ada/web-app". */
export function shortRemote(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\.git\/?$/, "");
}
