/** The same activities, each call of which goes through `around`, with its input and its name. */
export const mapActivities = <A extends object>(
  activities: A,
  around: (run: () => Promise<unknown>, input: unknown, name: string) => Promise<unknown>,
): A =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (...args: unknown[]) => around(() => activity(...args), args[0], name),
    ]),
  ) as A;
