/** Files that go along with any change, by what they are: changelogs, lockfiles, and what programs write. */
const BYPRODUCTS = [
  // Changelogs, and folders of their entries.
  /(^|\/)(change(s|log)|history|news|release[-_ ]?notes?|whats[-_ ]?new|authors|contributors)(\.(md|mdx|rst|txt|adoc|html))?$/i,
  /(^|\/)(\.changeset|\.changes|changelogs?\.d|changelogs?|newsfragments|news\.d|release[-_]?notes|unreleased)\/[^/]+$/i,
  // Lockfiles.
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.(sum|work\.sum)|bun\.lockb|packages\.lock\.json|gradle\.lockfile|package\.resolved|[\w.-]+\.lock)$/i,
  // Written by programs.
  /\.(min\.(js|css)|map|snap)$|(^|\/)(__snapshots__|node_modules|vendor)\//i,
];

/** Whether changes of the file say nothing of what a change is about. How often a file changes does not matter. */
export const isByproduct = (path: string): boolean =>
  BYPRODUCTS.some((pattern) => pattern.test(path));
