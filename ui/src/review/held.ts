import { api, desktop, type HeldFile, type HeldRepo, type Repository } from "../api";
import { attempt } from "../live/act";
import { toasts } from "../live/toasts.svelte";

/** What a repository keeps back; nothing when it keeps back nothing any more. */
export async function heldOf(repo: Repository): Promise<HeldRepo | null> {
  const { repos } = await api.held();
  return repos.find(({ id }) => id === repo.id) ?? null;
}

/** Leaves a file alone for good, by the repository's own exclude file; `done` is called after each change. */
export async function ignore(repo: Repository, file: HeldFile, done: () => void): Promise<void> {
  const shell = desktop;
  if (shell === null) return;
  await attempt(async () => {
    await shell.ignoreFile(repo.path, file.path);
    toasts.done(`${file.path} is ignored in ${repo.name} from now on.`, () => {
      void attempt(async () => {
        await shell.unignoreFile(repo.path, file.path);
        done();
      });
    });
    done();
  });
}

/** Says "commit it all the same" for exactly what the file holds now. */
export async function approve(repo: Repository, file: HeldFile, done: () => void): Promise<void> {
  const shell = desktop;
  if (shell === null) return;
  await attempt(async () => {
    await shell.approve(repo.path, file.rule, file.path);
    toasts.done(`${file.path} is committed with the next run of ${repo.name}.`);
    await api.trigger([repo.id]);
    done();
  });
}
