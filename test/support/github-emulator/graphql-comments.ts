import type { EmulatedComment } from './discussion.ts';
import { nodeId } from './node-id.ts';
import type { SessionLocation } from './place.ts';
import { EMULATED_USER } from './state.ts';

/** Comments and who wrote them, as objects of GitHub's GraphQL schema: fields as values, those with arguments as functions. */

export const pageOf = (
  { origin, repository: { owner, name, pulls } }: SessionLocation,
  number: number,
): string => `${origin}/${owner}/${name}/${pulls.has(number) ? 'pull' : 'issues'}/${number}`;

export const actorObject = (login: string | null) =>
  login && {
    __typename: login.endsWith('[bot]') ? 'Bot' : 'User',
    login: login.replace(/\[bot\]$/, ''),
  };

export const userObject = (login: string) => ({
  ...{ __typename: 'User', login, isViewer: login === EMULATED_USER },
});

export const commentObject = (
  location: SessionLocation,
  comment: EmulatedComment,
  kind: string,
) => ({
  ...{ __typename: kind, id: nodeId(kind, comment.id) },
  ...{ databaseId: comment.id, fullDatabaseId: String(comment.id) },
  ...{ author: actorObject(comment.author), body: comment.body },
  isMinimized: comment.isMinimized ?? false,
  ...{ createdAt: comment.createdAt, updatedAt: comment.updatedAt },
  lastEditedAt: comment.editedAt ?? null,
  viewerDidAuthor: comment.author === EMULATED_USER,
  url: `${pageOf(location, comment.number)}#issuecomment-${comment.id}`,
});
