/**
 * Temporal's durations are strings of `ms` 3, which does not export its types. A package of Markdown's parser brings the types of
 * `ms` 2, which would be taken instead, and are narrower than what both accept.
 */
declare module 'ms' {
  export type StringValue = string;
}
