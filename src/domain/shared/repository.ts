import { z } from 'zod';

/** GitHub allows ASCII letters, digits and hyphens in an owner, and also `.` and `_` in a name. */
const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** A repository on GitHub, `owner/name`. GitHub takes it in any case and so does Coppice: in lower case it is one name. */
export const RepositoryName = z
  .string()
  .toLowerCase()
  .refine((text) => {
    const [owner, name, ...rest] = text.split('/');
    return rest.length === 0 && OWNER.test(owner ?? '') && NAME.test(name ?? '');
  }, 'expected a repository as owner/name, for example acme/app')
  .brand<'RepositoryName'>();
export type RepositoryName = z.infer<typeof RepositoryName>;

/** GitHub's names are the same in capitals and small letters. */
export const isSameRepository = (a: RepositoryName, b: RepositoryName): boolean =>
  a.toLowerCase() === b.toLowerCase();

export function splitRepository(repository: RepositoryName): { owner: string; repo: string } {
  const slash = repository.indexOf('/');
  return { owner: repository.slice(0, slash), repo: repository.slice(slash + 1) };
}
