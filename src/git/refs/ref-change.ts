export type RefChange =
  | { readonly ref: string; readonly from: string | undefined; readonly to: string }
  | { readonly ref: string; readonly from: string; readonly to: undefined };
