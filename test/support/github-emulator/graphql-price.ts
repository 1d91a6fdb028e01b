import {
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  TypeInfo,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** How many nodes GitHub gives in a page at most. */
const MAX_PAGE = 100;

export interface Price {
  /** In points, by GitHub's rule: the requests needed for every connection, by the hundred. */
  readonly cost: number;
  readonly refusals: readonly string[];
}

/** What GitHub charges for a query before it runs it, and which connections it refuses for want of a page size. */
export function priceOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Price {
  const refusals: string[] = [];
  const types = new TypeInfo(schema);
  const multipliers = [1];
  let requests = 0;
  const sizeOf = (field: FieldNode): number | undefined => {
    const size = field.arguments?.find(({ name }) => /^(first|last)$/.test(name.value));
    return size && Number(valueFromASTUntyped(size.value, variables));
  };
  const inlined = inlineFragments(document);
  visit(
    inlined,
    visitWithTypeInfo(types, {
      Field: {
        enter(field) {
          const type = getNamedType(types.getType());
          const multiplier = multipliers.at(-1) ?? 1;
          if (!type || !isCompositeType(type) || !type.name.endsWith('Connection')) return;
          const size = sizeOf(field);
          const wantsNodes = field.selectionSet?.selections.some(
            (one) => one.kind === 'Field' && /^(nodes|edges)$/.test(one.name.value),
          );
          if (wantsNodes && size === undefined)
            refusals.push(
              `You must provide a \`first\` or \`last\` value to \`${field.name.value}\``,
            );
          if (size !== undefined && (size < 1 || size > MAX_PAGE))
            refusals.push(`\`${field.name.value}\` exceeds the limit of ${MAX_PAGE} records`);
          if (size !== undefined) requests += multiplier;
          multipliers.push(multiplier * (size ?? 1));
        },
        leave() {
          const type = getNamedType(types.getType());
          if (type && isCompositeType(type) && type.name.endsWith('Connection')) multipliers.pop();
        },
      },
    }),
  );
  return { cost: Math.max(1, Math.round(requests / 100)), refusals };
}

/** The document with each fragment where it is spread, so that its connections count where they stand. */
function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [],
    ),
  );
  const inline = (node: DocumentNode): DocumentNode =>
    visit(node, {
      FragmentSpread(spread: FragmentSpreadNode) {
        const fragment = fragments.get(spread.name.value);
        if (!fragment) return undefined;
        const { typeCondition, selectionSet } = fragment;
        return { kind: 'InlineFragment', typeCondition, selectionSet } as const;
      },
    } as never);
  const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
  let inlined: DocumentNode = { ...document, definitions: operations };
  // Each pass goes one fragment deeper, for a replaced node is not visited again.
  for (let depth = 0; depth < fragments.size; depth += 1) inlined = inline(inlined);
  return inlined;
}
