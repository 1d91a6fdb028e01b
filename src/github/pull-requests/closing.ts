import { z } from 'zod';
import { splitRepository } from '../../domain/shared/repository.ts';
import { type Graphql, present } from '../api/graphql.ts';
import type { GitHub } from '../port.ts';

/**
 * GitHub closes a pull request at the moment when its base branch is deleted. The two events may be this far
 * apart, in milliseconds.
 */
const MOMENT = 60_000;

const ClosingResponse = z.object({
  repository: z
    .object({
      pullRequest: z
        .object({
          timelineItems: z.object({
            nodes: z.array(z.object({ __typename: z.string(), createdAt: z.string() }).nullable()),
          }),
        })
        .nullable(),
    })
    .nullable(),
});

/** Finds out from the timeline who closed a pull request. */
export const createClosing = (graphql: Graphql): Pick<GitHub, 'lostItsBase'> => ({
  async lostItsBase(repository, number) {
    const { owner, repo: name } = splitRepository(repository);
    const response = await graphql.query({
      document: `
        query ($owner: String!, $name: String!, $number: Int!) {
          repository(owner: $owner, name: $name) {
            pullRequest(number: $number) {
              timelineItems(last: 20, itemTypes: [BASE_REF_DELETED_EVENT, CLOSED_EVENT]) {
                nodes {
                  __typename
                  ... on BaseRefDeletedEvent { createdAt }
                  ... on ClosedEvent { createdAt }
                }
              }
            }
          }
        }`,
      variables: { owner, name, number },
      schema: ClosingResponse,
      doing: `read who closed pull request #${number} of ${repository}`,
    });
    const events = present(response.repository, repository).pullRequest?.timelineItems.nodes ?? [];
    const timesOf = (kind: string) =>
      events.flatMap((event) => (event?.__typename === kind ? Date.parse(event.createdAt) : []));
    const closed = timesOf('ClosedEvent').at(-1);
    return timesOf('BaseRefDeletedEvent').some(
      (deleted) => closed !== undefined && Math.abs(deleted - closed) <= MOMENT,
    );
  },
});
