/** The name of a label without its family, as in `area/security`, `Type: Bug` and `C-bug`. */
export const kindOf = (label: string): string =>
  label.replace(/^(?:.*[:/]\s*|[A-Za-z]-(?=\w{3}))/, '').trim();

/** Whether a label has a name. `On Hold` and `on-hold` are equal. */
export const isLabel = (label: string, wanted: string): boolean =>
  [label, kindOf(label)].some((name) => plain(name) === plain(wanted));

const plain = (label: string): string => label.toLowerCase().replace(/[\s_'’-]+/g, '');
