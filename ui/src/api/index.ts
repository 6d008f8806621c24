// Every request that the views make, by name. Nothing else builds paths.
import type { Verb } from "./client";
import { inWindow } from "./desktop";
import { http } from "./http";
import { tauri } from "./tauri";
import type {
  ActivityReply,
  DiffReply,
  Entry,
  FoldersReply,
  HeldReply,
  HistoryReply,
  LlmTestReply,
  LogoutReply,
  MessageBy,
  MessageReply,
  ModelKeyReply,
  ModelLogsReply,
  ModelReply,
  ReposReply,
  Repository,
  RepositoryDetail,
  SettingsReply,
  SettingValue,
  StatusReply,
  SurveyReply,
  TriggerRequest,
} from "./wire";

export * from "./wire";
export { Failure, failureOf } from "./failure";
export { desktop, type Desktop, type DesktopState, type TrustEntry } from "./desktop";

export const client = inWindow ? tauri() : http();

async function ask<T>(verb: Verb, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return (await client.request(verb, path, body, signal)) as T;
}

/** A query from what is set; an empty value is left out. */
function query(of: Record<string, string | number | undefined>): string {
  const given = Object.entries(of).filter(([, value]) => value !== undefined && value !== "");
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

export interface HistoryFilter {
  /** Id or absolute path. */
  repo?: string;
  status?: string;
  /** Who wrote the message. */
  source?: string;
  since?: string;
  until?: string;
  q?: string;
  /** At most 500. */
  limit?: number;
  /** `next` of the page before. */
  before?: number;
}

const at = encodeURIComponent;

export const api = {
  status: (signal?: AbortSignal) => ask<StatusReply>("GET", "/status", undefined, signal),
  repos: (signal?: AbortSignal) => ask<ReposReply>("GET", "/repos", undefined, signal),
  repo: (id: string, signal?: AbortSignal) => ask<RepositoryDetail>("GET", `/repos/${at(id)}`, undefined, signal),
  updateRepo: (id: string, changes: { enabled?: boolean; push?: boolean }) =>
    ask<Repository>("PATCH", `/repos/${at(id)}`, changes),
  held: (signal?: AbortSignal) => ask<HeldReply>("GET", "/held", undefined, signal),
  trigger: (of: TriggerRequest = {}) => ask<{ cycle_id: string }>("POST", "/trigger", of),
  message: (id: string, by: MessageBy, signal?: AbortSignal) =>
    ask<MessageReply>("GET", `/repos/${at(id)}/message${query({ by })}`, undefined, signal),
  enable: () => ask<StatusReply>("POST", "/enable"),
  disable: () => ask<StatusReply>("POST", "/disable"),
  pause: (seconds: number) => ask<StatusReply>("POST", "/pause", { seconds }),
  history: (filter: HistoryFilter = {}, signal?: AbortSignal) =>
    ask<HistoryReply>("GET", `/history${query({ ...filter })}`, undefined, signal),
  diff: (entryId: number, signal?: AbortSignal) =>
    ask<DiffReply>("GET", `/history/${entryId}/diff`, undefined, signal),
  reword: (entryId: number, message: { subject: string; body: string }) =>
    ask<Entry>("POST", `/history/${entryId}/reword`, message),
  activity: (days: number, zone: string, offsetMinutes: number, signal?: AbortSignal) =>
    ask<ActivityReply>("GET", `/activity${query({ days, zone, offset_minutes: offsetMinutes })}`, undefined, signal),
  settings: (signal?: AbortSignal) => ask<SettingsReply>("GET", "/settings", undefined, signal),
  changeSettings: (changes: Record<string, SettingValue>, checkOnly = false, signal?: AbortSignal) =>
    ask<SettingsReply>("PATCH", "/settings", { changes, check_only: checkOnly }, signal),
  folders: (signal?: AbortSignal) => ask<FoldersReply>("GET", "/folders", undefined, signal),
  survey: (folders: string[], signal?: AbortSignal) =>
    ask<SurveyReply>("POST", "/survey", { folders }, signal),
  testLlm: (of: { base_url?: string; model?: string }, signal?: AbortSignal) =>
    ask<LlmTestReply>("POST", "/llm/test", of, signal),
  model: (signal?: AbortSignal) => ask<ModelReply>("GET", "/model", undefined, signal),
  pullModel: (name: string) => ask<unknown>("POST", "/model/pull", { name }),
  cancelModel: (name: string) => ask<unknown>("POST", "/model/cancel", { name }),
  removeModel: (name: string) => ask<unknown>("POST", "/model/remove", { name }),
  modelLogs: (lines: number, signal?: AbortSignal) =>
    ask<ModelLogsReply>("GET", `/model/logs${query({ lines })}`, undefined, signal),
  modelKey: (signal?: AbortSignal) => ask<ModelKeyReply>("GET", "/model/key", undefined, signal),
  logOut: () => ask<LogoutReply>("POST", "/logout", {}),
};
