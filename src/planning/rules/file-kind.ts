/** Files that change together with any other file: changelogs, lockfiles, and files that programs write. */
const BYPRODUCTS = [
  // Changelogs, and folders of their entries.
  /(^|\/)(change(s|log)|history|news|release[-_ ]?notes?|whats[-_ ]?new|authors|contributors)(\.(md|mdx|rst|txt|adoc|html))?$/i,
  /(^|\/)(\.changeset|\.changes|changelogs?\.d|changelogs?|newsfragments|news\.d|release[-_]?notes|unreleased)\/[^/]+$/i,
  // Lockfiles.
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.(sum|work\.sum)|bun\.lockb|packages\.lock\.json|gradle\.lockfile|package\.resolved|[\w.-]+\.lock)$/i,
  // Written by programs.
  /\.(min\.(js|css)|map|snap)$|(^|\/)(__snapshots__|node_modules|vendor)\//i,
];

/**
 * Whether a change of the file says nothing about the subject of a commit. How often the file changes does
 * not matter.
 */
export const isByproduct = (path: string): boolean =>
  BYPRODUCTS.some((pattern) => pattern.test(path));
