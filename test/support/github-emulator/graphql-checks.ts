import { GraphQLError } from 'graphql';
import {
  checkRunsOf,
  type EmulatedCheckRun,
  type EmulatedStatus,
  runHasEnded,
  statusesOf,
  workflowId,
} from './checks.ts';
import { git, WEB_COMMITTER } from './git.ts';
import { connection, type Paging } from './graphql-paging.ts';
import { nodeId } from './node-id.ts';
import type { SessionLocation } from './place.ts';
import { EMULATED_USER } from './state.ts';

/** Commits and their checks, as objects of GitHub's GraphQL schema. */

/** @param oid any commit: one that nobody checked has no rollup */
export function commitObject(location: SessionLocation, oid: string) {
  const { owner, name } = location.repository;
  const page = `${location.origin}/${owner}/${name}`;
  const contexts = [
    ...checkRunsOf(location.repository, oid).map((check) =>
      location.hidesChecks ? hidden() : checkRunObject(location, page, check),
    ),
    ...statusesOf(location.repository, oid).map(statusObject),
  ];
  const { directory } = location.repository;
  const shown = (format: string) => git(directory, 'show', '--no-patch', `--format=${format}`, oid);
  return {
    ...{ __typename: 'Commit', id: nodeId('Commit', 1), oid },
    message: () => shown('%B'),
    authoredDate: () => shown('%aI'),
    committedViaWeb: async () => (await shown('%ce')) === WEB_COMMITTER,
    author: async () => ({ email: await shown('%ae') }),
    async history(paging: Paging) {
      const commits = (await git(directory, 'rev-list', oid)).split('\n');
      return connection(
        commits.map((commit) => ({ oid: commit })),
        paging,
      );
    },
    async parents(paging: Paging) {
      const parents = (await shown('%P')).split(' ').filter((parent) => parent !== '');
      return connection(
        parents.map((parent) => ({ oid: parent })),
        paging,
      );
    },
    statusCheckRollup:
      contexts.length === 0 ? null : { contexts: (paging: Paging) => connection(contexts, paging) },
  };
}

const checkRunObject = (
  { repository }: SessionLocation,
  page: string,
  { actions, ...check }: EmulatedCheckRun,
) => ({
  ...{ __typename: 'CheckRun', id: nodeId('CheckRun', check.id), databaseId: check.id },
  ...{ name: check.name, title: check.title, summary: check.summary },
  ...{ startedAt: check.startedAt, completedAt: check.completedAt },
  status: check.conclusion !== null ? 'COMPLETED' : check.waits ? 'WAITING' : 'IN_PROGRESS',
  conclusion: check.conclusion?.toUpperCase() ?? null,
  detailsUrl: actions
    ? `${page}/actions/runs/${actions.run}/job/${check.id}`
    : `${page}/runs/${check.id}`,
  checkSuite: {
    // Another app's suite stays open for ever, whatever its checks came to.
    status: actions && runHasEnded(repository, actions.run) ? 'COMPLETED' : 'IN_PROGRESS',
    app: actions
      ? { slug: 'github-actions', databaseId: 15_368 }
      : { slug: 'other-app', databaseId: 77 },
    workflowRun: actions && {
      ...{
        databaseId: actions.run,
        runNumber: actions.run,
        event: actions.event ?? 'pull_request',
      },
      url: `${page}/actions/runs/${actions.run}`,
      workflow: {
        databaseId: workflowId(repository, actions.workflow ?? 'CI'),
        name: actions.workflow ?? 'CI',
      },
    },
  },
});

const statusObject = (status: EmulatedStatus) => ({
  ...{ __typename: 'StatusContext', id: nodeId('StatusContext', status.id) },
  ...{ context: status.context, state: status.state.toUpperCase(), createdAt: status.createdAt },
  ...{ description: status.description, targetUrl: status.targetUrl },
  creator: { __typename: 'User', login: EMULATED_USER },
});

/** What stands for a check run in a list when the token may not read it. */
const hidden = (): GraphQLError =>
  new GraphQLError('Resource not accessible by personal access token', {
    extensions: { type: 'FORBIDDEN' },
  });
