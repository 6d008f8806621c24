import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { HeldRepo } from "./types/HeldRepo";

/** What the shell knows about its surroundings. */
export interface DesktopState {
  login_item: boolean;
  login_item_possible: boolean;
  tray: boolean;
  notifications: "ok" | "unavailable" | "unknown";
  owner: "self" | "other";
  owner_pid: number | null;
  version: string;
}

/** A repository that brings programs of its own. */
export interface TrustEntry {
  repo_id: string;
  path: string;
  state: string;
  sentence: string;
  findings: string[];
}

/** What only the window can do: a browser has none of it. */
export interface Desktop {
  state(): Promise<DesktopState>;
  setLoginItem(on: boolean): Promise<DesktopState>;
  quit(): Promise<void>;
  pickFolder(): Promise<string | null>;
  openRepo(id: string, what: "folder" | "terminal" | "remote"): Promise<void>;
  openCommit(entryId: number): Promise<void>;
  trustList(): Promise<TrustEntry[]>;
  trustAllow(paths: string[]): Promise<void>;
  trustRevoke(paths: string[]): Promise<void>;
  /** What is held, read afresh; the answers below count for what was shown so. */
  heldList(id: string): Promise<HeldRepo>;
  approve(id: string, rule: string, files: string[]): Promise<void>;
  ignoreFile(id: string, file: string): Promise<void>;
  unignoreFile(id: string, file: string): Promise<void>;
  /** The tray or a notification asks to show something. */
  onGo(go: (route: string) => void): void;
  onChange(changed: (state: DesktopState) => void): void;
}

export const inWindow = "__TAURI_INTERNALS__" in window;

/** The shell around the window; nothing in a browser. */
export const desktop: Desktop | null = inWindow
  ? {
      state: () => invoke("desktop"),
      setLoginItem: (on) => invoke("set_login_item", { on }),
      quit: () => invoke("quit"),
      pickFolder: () => invoke("pick_folder"),
      openRepo: (id, what) => invoke("open_repo", { id, what }),
      openCommit: (entryId) => invoke("open_commit", { entryId }),
      trustList: () => invoke("trust_list"),
      trustAllow: (paths) => invoke("trust_allow", { paths }),
      trustRevoke: (paths) => invoke("trust_revoke", { paths }),
      heldList: (id) => invoke("held_list", { id }),
      approve: (id, rule, files) => invoke("approve", { id, rule, files }),
      ignoreFile: (id, file) => invoke("ignore_file", { id, file }),
      unignoreFile: (id, file) => invoke("unignore_file", { id, file }),
      onGo: (go) =>
        void listen<string>("autocommit://go", ({ payload }) => go(payload))
          .then(() => invoke<string | null>("listens"))
          .then((route) => route !== null && go(route)),
      onChange: (changed) => void listen<DesktopState>("autocommit://desktop", ({ payload }) => changed(payload)),
    }
  : null;
