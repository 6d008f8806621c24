import { describe, expect, it } from "vitest";
import { parentOf, shortRemote, tilde } from "./paths";

describe("paths", () => {
  it("write the home folder as people do", () => {
    expect(["/home/ada", "/home/ada/x", "/Users/ada/x", "/root/x", "/homes/ada", "/srv/x"].map(tilde)).toEqual([
      "~", "~/x", "~/x", "~/x", "/homes/ada", "/srv/x",
    ]);
    expect(parentOf("/home/ada/code/web")).toBe("~/code");
    expect(parentOf("/web")).toBe("");
  });
});

describe("shortRemote", () => {
  it("leaves out what goes without saying", () => {
    expect(shortRemote("https://github.com/ada/web.git")).toBe("github.com/ada/web");
    expect(shortRemote("git@host:ada/web.git")).toBe("git@host:ada/web");
    expect(shortRemote("/srv/git/web.git")).toBe("/srv/git/web");
  });
});
