// What the palette can find besides repositories.
import ChartColumn from "@lucide/svelte/icons/chart-column";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CloudUpload from "@lucide/svelte/icons/cloud-upload";
import FolderGit2 from "@lucide/svelte/icons/folder-git-2";
import FolderPlus from "@lucide/svelte/icons/folder-plus";
import History from "@lucide/svelte/icons/history";
import LogOut from "@lucide/svelte/icons/log-out";
import Power from "@lucide/svelte/icons/power";
import Settings from "@lucide/svelte/icons/settings";
import SlidersHorizontal from "@lucide/svelte/icons/sliders-horizontal";
import type { Component } from "svelte";
import { desktop } from "../api";
import { logOut, pause, pushNow, switchOff, switchOn } from "../live/act";
import { live } from "../live/live.svelte";
import { toasts } from "../live/toasts.svelte";
import { link, router, type View } from "../route/router.svelte";
import { settingsIndex } from "./settings-index.svelte";

export interface Found {
  id: string;
  label: string;
  /** Other words by which it is found. */
  words: string;
  note?: string;
  icon: Component;
  run: () => void;
}

const HOUR = 3_600;

export function places(): Found[] {
  const place = (view: View, label: string, words: string, icon: Component): Found => ({
    id: `go-${view}`,
    label,
    words,
    icon,
    run: () => router.go(link(view)),
  });
  return [
    place("now", "Now", "home overview status", CircleCheck),
    place("repositories", "Repositories", "projects folders list", FolderGit2),
    place("history", "History", "commits log messages", History),
    place("activity", "Activity", "calendar charts statistics", ChartColumn),
    place("settings", "Settings", "preferences options configuration", Settings),
  ];
}

export function actions(): Found[] {
  const enabled = live.status?.enabled ?? true;
  const shell = desktop;
  const list: Found[] = [
    {
      id: "push-now",
      label: "Commit and push now",
      words: "trigger cycle run sync",
      icon: CloudUpload,
      run: () => {
        toasts.done("Looking at all repositories.");
        void pushNow();
      },
    },
    enabled
      ? { id: "off", label: "Switch Autocommit off", words: "disable stop", icon: Power, run: () => void switchOff() }
      : { id: "on", label: "Switch Autocommit on", words: "enable start resume", icon: Power, run: () => void switchOn() },
    {
      id: "setup",
      label: "Choose folders",
      words: "set up add base path first run",
      icon: FolderPlus,
      run: () => router.go(link("setup")),
    },
  ];
  if (enabled) {
    list.splice(2, 0, {
      id: "pause",
      label: "Pause for 1 hour",
      words: "rest snooze",
      icon: CirclePause,
      run: () => void pause(HOUR),
    });
  }
  if (shell === null) {
    list.push({ id: "log-out", label: "Log out", words: "sign off leave session browser", icon: LogOut, run: () => void logOut() });
  } else {
    list.push({ id: "quit", label: "Quit Autocommit", words: "exit end", icon: LogOut, run: () => void shell.quit() });
  }
  return list;
}

export function settingsFound(): Found[] {
  return settingsIndex().map(({ group, setting }) => ({
    id: `setting-${setting.key}`,
    label: setting.name,
    words: `${setting.key} ${setting.explanation}`,
    note: group.title,
    icon: SlidersHorizontal,
    run: () => router.go(link("settings", group.id, { key: setting.key })),
  }));
}
