import { GraphQLError } from 'graphql';
import { checkRunsOf, type EmulatedCheckRun, type EmulatedStatus, statusesOf } from './checks.ts';
import { connection, type Paging } from './graphql-paging.ts';
import { nodeId } from './node-id.ts';
import type { SessionLocation } from './place.ts';

/** Commits and their checks, as objects of GitHub's GraphQL schema. */

/** @param oid any commit: one that nobody checked has no rollup */
export function commitObject(location: SessionLocation, oid: string) {
  const { owner, name } = location.repository;
  const page = `${location.origin}/${owner}/${name}`;
  const contexts = [
    ...checkRunsOf(location.repository, oid).map((check) =>
      location.hidesChecks ? hidden() : checkRunObject(page, check),
    ),
    ...statusesOf(location.repository, oid).map(statusObject),
  ];
  return {
    ...{ __typename: 'Commit', id: nodeId('Commit', 1), oid },
    statusCheckRollup:
      contexts.length === 0 ? null : { contexts: (paging: Paging) => connection(contexts, paging) },
  };
}

const checkRunObject = (page: string, check: EmulatedCheckRun) => ({
  ...{ __typename: 'CheckRun', id: nodeId('CheckRun', check.id), databaseId: check.id },
  ...{ name: check.name, title: check.title, summary: check.summary },
  ...{ startedAt: check.startedAt, completedAt: check.completedAt },
  status: check.conclusion === null ? 'IN_PROGRESS' : 'COMPLETED',
  conclusion: check.conclusion?.toUpperCase() ?? null,
  detailsUrl: check.actions
    ? `${page}/actions/runs/${check.actions.run}/job/${check.id}`
    : `${page}/runs/${check.id}`,
  checkSuite: {
    app: { slug: check.actions ? 'github-actions' : 'other-app' },
    workflowRun: check.actions && {
      ...{ databaseId: check.actions.run, event: 'pull_request' },
      workflow: { name: 'CI' },
    },
  },
});

const statusObject = (status: EmulatedStatus) => ({
  ...{ __typename: 'StatusContext', id: nodeId('StatusContext', status.id) },
  ...{ context: status.context, state: status.state.toUpperCase(), createdAt: status.createdAt },
  ...{ description: status.description, targetUrl: status.targetUrl },
});

/** What stands for a check run in a list when the token may not read it. */
const hidden = (): GraphQLError =>
  new GraphQLError('Resource not accessible by personal access token', {
    extensions: { type: 'FORBIDDEN' },
  });
