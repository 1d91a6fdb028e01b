import { InvalidArgumentError } from '@commander-js/extra-typings';
import { BranchName } from '../domain/settings/formats.ts';
import { RUN_NAME } from '../domain/shared/identity.ts';
import { RepositoryName } from '../domain/shared/repository.ts';

/** Readers of option values; commander reports what they throw as a usage error that names the option. */

export const wholeNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
  };

export function repositoryName(text: string): RepositoryName {
  const parsed = RepositoryName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Give owner/name, for example acme/app.');
}

export function newRunName(text: string): string {
  if (RUN_NAME.test(text)) return text;
  throw new InvalidArgumentError(
    'Use small letters, digits, . _ and -, starting with a letter or digit, at most 63.',
  );
}

export function branch(text: string): string {
  if (BranchName.safeParse(text).success) return text;
  throw new InvalidArgumentError('Give a branch name that git allows.');
}

export const collect = (text: string, former: readonly string[]): readonly string[] => [
  ...former,
  text,
];
