import { RepositoryName } from '../../domain/shared/repository.ts';

const URL_FORM = /^(?:https?|ssh|git|git\+ssh|ssh\+git):\/\/[^/]+\/(.+)$/i;
const SCP_FORM = /^(?:[^@/\s]+@)?[^:/\s]+:(?!\/\/)(.+)$/;

/**
 * The repository that a git remote's URL names: `https://host/owner/name`, `ssh://` (also `git+ssh://`),
 * `git://` or `git@host:owner/name`, with or without `.git`, on any host.
 * @returns undefined for anything else, such as a local path
 */
export function parseRemoteUrl(url: string): RepositoryName | undefined {
  const path = (URL_FORM.exec(url) ?? SCP_FORM.exec(url))?.[1];
  const segments = path
    ?.replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .slice(-2);
  return RepositoryName.safeParse(segments?.join('/')).data;
}
