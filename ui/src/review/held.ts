import { api, desktop, type HeldFile, type HeldRepo, type Repository } from "../api";
import { attempt } from "../live/act";
import { toasts } from "../live/toasts.svelte";

/**
 * What a repository keeps back; nothing when it keeps back nothing any more. In the window it is looked at afresh, and
 * what a person answers counts for what was shown then.
 */
export async function heldOf(repo: Repository): Promise<HeldRepo | null> {
  if (desktop !== null) return desktop.heldList(repo.id);
  const { repos } = await api.held();
  return repos.find(({ id }) => id === repo.id) ?? null;
}

/** Leaves a file alone for good, by the repository's own exclude file; `done` is called after each change. */
export async function ignore(repo: Repository, file: HeldFile, done: () => void): Promise<void> {
  const shell = desktop;
  if (shell === null) return;
  await attempt(async () => {
    await shell.ignoreFile(repo.id, file.path);
    toasts.done(`${file.path} is ignored in ${repo.name} from now on.`, () => {
      void attempt(async () => {
        await shell.unignoreFile(repo.id, file.path);
        done();
      });
    });
    done();
  });
}

/** What one rule holds: said once, decided together or file by file. */
export interface HeldGroup {
  rule: string;
  sentence: string;
  approvable: boolean;
  files: HeldFile[];
}

export function groupsOf(files: readonly HeldFile[]): HeldGroup[] {
  const groups = new Map<string, HeldGroup>();
  for (const file of files) {
    const { rule, sentence, approvable } = file;
    const group = groups.get(rule) ?? { rule, sentence, approvable, files: [] };
    group.files.push(file);
    groups.set(rule, group);
  }
  return [...groups.values()];
}

/** Secrets are said yes to one by one. */
export const together = ({ rule, files, approvable }: HeldGroup): boolean =>
  approvable && files.length > 1 && rule !== "secret" && rule !== "secret_file";

/** Says "commit it all the same" for exactly the files that were shown, as they were then. */
export async function approve(repo: Repository, { rule, files }: HeldGroup, done: () => void): Promise<void> {
  const shell = desktop;
  const [first] = files;
  if (shell === null || first === undefined) return;
  await attempt(async () => {
    await shell.approve(
      repo.id,
      rule,
      files.map(({ path }) => path),
    );
    const what = files.length === 1 ? first.path : `What was shown of ${repo.name}`;
    toasts.done(`${what} is committed with the next run.`);
    done();
  });
}
