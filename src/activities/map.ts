/**
 * Wraps each activity: a call goes to `around`, with a function that runs the activity, and with the
 * activity's input.
 */
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
