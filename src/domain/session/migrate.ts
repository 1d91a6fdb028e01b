import { z } from 'zod';
import { inPresentShape } from './former-state.ts';
import { SessionState } from './state.ts';

/**
 * Reads the state that an execution hands on to the next one, which may be of another version of Coppice: what is
 * missing gets its default, and what is not known any more is left out.
 * @returns the state, or what is wrong with it, in words for a person
 */
export function migrate(
  carried: unknown,
): { readonly state: SessionState } | { readonly problem: string } {
  const present = inPresentShape(carried);
  const parsed = SessionState.safeParse(present);
  if (parsed.success) return { state: parsed.data };
  const again = SessionState.safeParse(withoutUnknown(present, parsed.error.issues));
  return again.success ? { state: again.data } : { problem: z.prettifyError(again.error) };
}

/** A copy without the keys that a strict part of the state, such as the settings, does not know. */
function withoutUnknown(carried: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(carried ?? null));
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const part = issue.path.reduce<unknown>(
      (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
      copy,
    );
    for (const key of issue.keys) delete (part as Record<string, unknown>)[key];
  }
  return copy;
}
