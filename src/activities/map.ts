/** The same activities, each call of which goes through `around`. */
export const mapActivities = <A extends object>(
  activities: A,
  around: (run: () => Promise<unknown>) => Promise<unknown>,
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (...args: unknown[]) => around(() => activity(...args)),
    ]),
  ) as A;
