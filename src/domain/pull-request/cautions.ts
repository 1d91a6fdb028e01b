import type { RepositoryName } from '../shared/repository.ts';
import { oneLine } from '../shared/text.ts';
import { CLOSING } from './closing.ts';

/** How many files or issues one caution names. */
const SHOWN = 5;

/** Files that tell GitHub Actions or other programs for CI what to run. */
const CI_FILE =
  /^(?:\.github\/(?:workflows|actions)\/|\.(?:circleci|buildkite|woodpecker)\/|\.(?:gitlab-ci|travis|woodpecker|drone)\.ya?ml$|(?:azure|bitbucket)-pipelines\.ya?ml$|Jenkinsfile$)/;

/**
 * What a person should know of commits before they merge them, in Markdown, one line each.
 * @param names files that the commits change
 * @param messages messages of the commits
 */
export function cautionsFor(
  { repository, issue }: { readonly repository: RepositoryName; readonly issue: number },
  names: readonly string[],
  messages: readonly string[],
): string[] {
  const files = names.filter((name) => CI_FILE.test(name)).map(code);
  const closed = [...new Set(messages.flatMap((message) => closedBy(message, repository)))];
  const others = closed.filter((one) => one !== `#${issue}`).map(code);
  return [
    ...(files.length > 0
      ? [
          `It changes what CI runs: ${listed(files)}. CI runs that with the secrets and permissions that your repository gives to this branch.`,
        ]
      : []),
    ...(others.length > 0
      ? [`Messages of its commits close other issues when they are merged: ${listed(others)}.`]
      : []),
  ];
}

/** The issues that a message closes: `#9` in the repository itself. */
function closedBy(message: string, repository: RepositoryName): string[] {
  return [...message.matchAll(CLOSING)].map(([, , reference = '']) => {
    const number = /\d+$/.exec(reference)?.[0] ?? '';
    const [, owner = '', name = ''] =
      /([\w.-]+)\/([\w.-]+)(?:#|\/issues\/)\d+$/.exec(reference) ?? [];
    const where = owner === '' ? repository : `${owner}/${name}`;
    return where.toLowerCase() === repository.toLowerCase() ? `#${number}` : `${where}#${number}`;
  });
}

const code = (text: string): string => `\`${oneLine(text, 120).replaceAll('`', "'")}\``;

const listed = (all: readonly string[]): string =>
  all.length <= SHOWN
    ? all.join(', ')
    : `${all.slice(0, SHOWN).join(', ')} and ${all.length - SHOWN} more`;
