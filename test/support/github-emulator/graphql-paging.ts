export interface Paging {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** A page of a list, as GitHub's GraphQL has them; a cursor is an item's place. */
export function connection<Item>(items: readonly Item[], { first, last, after, before }: Paging) {
  const begin = after == null ? 0 : Number(after) + 1;
  const end = before == null ? items.length : Number(before);
  const from = last == null ? begin : Math.max(begin, end - last);
  const to = first == null ? end : Math.min(end, from + first);
  return {
    nodes: items.slice(from, to),
    totalCount: items.length,
    pageInfo: {
      ...{ hasNextPage: to < items.length, hasPreviousPage: from > 0 },
      endCursor: to > from ? String(to - 1) : null,
      startCursor: to > from ? String(from) : null,
    },
  };
}
