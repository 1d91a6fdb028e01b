import pMap from 'p-map';
import { isSameRepository, type RepositoryName } from '../../domain/shared/repository.ts';
import type { IssueSource, ListedIssue, RelatedIssue } from '../../github/issues/issue-source.ts';
import { CONCURRENT_REQUESTS } from '../../github/issues/issue-source.ts';
import { textOf } from '../rules/issue-text.ts';
import { type DependencyReferences, dependencyReferences } from '../rules/references.ts';
import type { Dependency, Survey } from '../rules/survey.ts';

export interface SurveyRequest {
  readonly repository: RepositoryName;
  /** The issues selected. */
  readonly issues: readonly ListedIssue[];
  /** Whether to select open issues too on which these depend. */
  readonly withDependencies: boolean;
  /** Orders that the person gave. */
  readonly ordered: readonly Dependency[];
}

/** Reads everything from GitHub about the issues and about what they depend on. */
export async function surveyIssues(source: IssueSource, request: SurveyRequest): Promise<Survey> {
  const { repository } = request;
  const issues = new Map(request.issues.map((issue) => [issue.number, issue]));
  const others = new Map<number, ListedIssue>();
  const relations = new Map<number, Relations>();
  for (;;) {
    const unread = [...issues.values()].filter(({ number }) => !relations.has(number));
    if (unread.length === 0) break;
    await pMap(
      unread,
      async (issue) => {
        relations.set(issue.number, await relationsOf(source, repository, issue));
      },
      { concurrency: CONCURRENT_REQUESTS },
    );
    const named = [...relations.values()].flatMap(({ dependencies }) => dependencies);
    const unknown = [...named, ...request.ordered]
      .map(({ issue }) => issue)
      .filter((number) => !issues.has(number) && !others.has(number));
    for (const [number, issue] of await source.read(repository, [...new Set(unknown)]))
      if (request.withDependencies && issue.state === 'open' && !issue.isPullRequest)
        issues.set(number, issue);
      else others.set(number, issue);
  }
  const isAssigned = [...issues.values()].some(({ assignees }) => assignees.length > 0);
  // Sorted by number, because GitHub's answers arrive in any order.
  const all = [...relations].sort(([a], [b]) => a - b);
  return {
    issues: [...issues.values()].sort((a, b) => a.number - b.number),
    dependencies: [
      ...request.ordered,
      ...all.flatMap(([, { dependencies }]) => dependencies),
      ...all.flatMap(([, { blocks }]) => blocks),
      // These issues were read for their state, so their texts can be used without another request.
      ...[...others.values()]
        .sort((a, b) => a.number - b.number)
        .flatMap((other) =>
          blockedIn(dependencyReferences(textOf(other), repository), other.number),
        ),
    ],
    doubtful: all.flatMap(([, { doubtful }]) => doubtful),
    others,
    foreign: new Map(all.map(([issue, { foreign }]) => [issue, foreign])),
    notes: new Map(all.map(([issue, { notes }]) => [issue, notes])),
    closing: await source.closing(repository),
    me: isAssigned ? await source.me() : undefined,
  };
}

interface Relations {
  /** Orders in which the issue comes after another. */
  readonly dependencies: readonly Dependency[];
  /** Orders in which another issue comes after it, from its own text. */
  readonly blocks: readonly Dependency[];
  readonly doubtful: readonly Dependency[];
  readonly foreign: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The relations of an issue. GitHub's own relations come first, because an order keeps the first source that
 * names it.
 */
async function relationsOf(
  source: IssueSource,
  repository: RepositoryName,
  issue: ListedIssue,
): Promise<Relations> {
  const { number: of, mayHave } = issue;
  const blockers = mayHave.blockers ? await source.blockedBy(repository, of) : [];
  const subIssues = mayHave.subIssues ? await source.subIssues(repository, of) : [];
  const text: DependencyReferences = dependencyReferences(textOf(issue), repository);
  const isOwn = (other: RelatedIssue) => isSameRepository(other.repository, repository);
  const own = (related: readonly RelatedIssue[], kind: Dependency['source']): Dependency[] =>
    related.filter(isOwn).map(({ number }) => ({ of, issue: number, source: kind }));
  return {
    dependencies: [
      ...own(blockers, 'native'),
      ...own(subIssues, 'sub-issue'),
      ...text.own.map(({ number, ...edge }) => ({ of, issue: number, ...edge })),
    ],
    blocks: blockedIn(text, of),
    doubtful: text.doubtful.map(({ number, ...edge }) => ({ of, issue: number, ...edge })),
    foreign: [...blockers, ...subIssues]
      .filter((other) => !isOwn(other) && other.state === 'open')
      .map(({ repository: where, number }) => `${where}#${number}`),
    notes: text.foreign.map((name) => `${name} is in another repository: that order is not kept`),
  };
}

/** Orders from the statement of an issue that it blocks others. Those come after it. */
const blockedIn = ({ blocks }: DependencyReferences, issue: number): Dependency[] =>
  blocks.map(({ number: of, source, evidence }) => ({
    ...{ of, issue, source },
    evidence: `#${issue}: ${evidence}`,
  }));
