// The types of the wire: generated from Rust; what is newer than they are stands in `soon.ts` and goes before them.
export type * from "./types";
export type {
  CycleSummary,
  Entry,
  Event,
  EventRecord,
  HistoryReply,
  Llm,
  ManagedModel,
  MessageReply,
  MessageSource,
  ModelLogsReply,
  ModelReply,
  ModelServer,
  RepositoryDetail,
  Setting,
  SettingGroup,
  SettingsReply,
  SettingValue,
  StatusReply,
} from "./soon";
