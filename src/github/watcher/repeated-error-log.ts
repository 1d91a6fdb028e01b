/** Logs an error of repeated work once when it begins, and logs once when a round has no error again. */
export interface RepeatedErrorLog {
  note(message: string): void;
  endOfRound(): void;
}

export function createRepeatedErrorLog(log: (line: string) => void): RepeatedErrorLog {
  let before = new Set<string>();
  let now = new Set<string>();
  return {
    note(message) {
      if (!before.has(message) && !now.has(message)) log(message);
      now.add(message);
    },
    endOfRound() {
      if (before.size > 0 && now.size === 0) log('Pull requests are watched again');
      before = now;
      now = new Set();
    },
  };
}
