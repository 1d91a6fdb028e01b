import type { Account } from '../../agents/account.ts';
import type { Outcome } from '../../domain/session/turn.ts';
import { closedBy, isClosed, isOpenedBy } from '../../domain/session/usage-gate.ts';
import { exclusively } from '../../git/command/mutex.ts';
import type { Home } from '../../state/home.ts';
import { readUsageGate, removeUsageGate, saveUsageGate } from '../../state/usage-gates.ts';

/** The usage gate of an account. It is shared by all agents of the account on this host. */
export const usageGate = (home: Home, { key, name }: Account) => ({
  /**
   * The outcome to return instead of starting an agent whose usage limit is known to be reached; undefined
   * when it may start.
   */
  async refusal(): Promise<Outcome | undefined> {
    const gate = await readUsageGate(home, key);
    if (!gate || !isClosed(gate, Date.now())) return undefined;
    return { kind: 'usage-limited', until: gate.until, account: name };
  },

  /**
   * Updates the gate from the outcome of a turn that began at `began` (milliseconds since 1970). Returns the
   * outcome; for a usage limit with its end and its account. It may be called twice for one turn.
   */
  noteOutcome: (outcome: Outcome, began: number): Promise<Outcome> =>
    exclusively(key, async () => {
      const gate = await readUsageGate(home, key);
      if (outcome.kind === 'usage-limited') {
        const limit = { account: name, until: outcome.until };
        const closed = closedBy(gate, limit, began, Date.now());
        await saveUsageGate(home, key, closed);
        return { kind: 'usage-limited', until: closed.until, account: name };
      }
      if (gate && ANSWERED.has(outcome.kind) && isOpenedBy(gate, began))
        await removeUsageGate(home, key);
      return outcome;
    }),
});

/** Outcomes that show that the model has answered to the end. */
const ANSWERED: ReadonlySet<Outcome['kind']> = new Set(['done', 'stuck', 'invalid']);
