/**
 * A change of a ref: created without `from`, deleted without `to`. It is made only if the ref is at `from`.
 */
export type RefChange =
  | { readonly ref: string; readonly from: string | undefined; readonly to: string }
  | { readonly ref: string; readonly from: string; readonly to: undefined };
