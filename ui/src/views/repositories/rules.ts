// The settings of one repository that can be changed here; switching it on and off is in `live/act`.
import { api, type Repository } from "../../api";
import { attempt } from "../../live/act";
import { live } from "../../live/live.svelte";
import { toasts } from "../../live/toasts.svelte";

/** Pushes the commits of a repository, or only makes them; shown at once. */
export async function setPush(repo: Repository, push: boolean): Promise<void> {
  live.patch(repo.id, { push });
  const worked = await attempt(async () => {
    const fresh = await api.updateRepo(repo.id, { push });
    live.patch(repo.id, fresh);
    const text = push ? `The commits of ${repo.name} are pushed again.` : `The commits of ${repo.name} stay on this disk.`;
    toasts.done(text, () => void setPush(fresh, !push));
  });
  if (!worked) live.patch(repo.id, { push: repo.push });
}
