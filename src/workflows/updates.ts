import type { UpdateDefinition } from '@temporalio/common';
import { currentUpdateInfo, setHandler } from '@temporalio/workflow';
import { keepLatest, MOST } from '../domain/session/bounds.ts';

interface Taking<Result, Args extends unknown[]> {
  /** Refuses the update before anything is written to history. */
  readonly validate?: (...args: Args) => void;
  readonly take: (...args: Args) => Result | Promise<Result>;
  /** What an update is answered that was taken before. */
  readonly repeated: (...args: Args) => Result | Promise<Result>;
}

/**
 * Registers an update that is taken once, however often it is sent. Temporal recognises a repeated update only
 * within one execution, and a client repeats one whose answer it did not get, also after continue-as-new.
 * @param received the ids of the latest updates; the state that is carried over must hold them
 */
export function onUpdate<Result, Args extends unknown[]>(
  received: string[],
  definition: UpdateDefinition<Result, Args> & { readonly options: object },
  { validate, take, repeated }: NoInfer<Taking<Result, Args>>,
): void {
  const id = () => currentUpdateInfo()?.id ?? '';
  setHandler(
    definition,
    (...args) => (noteReceived(received, id()) ? take(...args) : repeated(...args)),
    {
      ...definition.options,
      validator: (...args: Args) => {
        if (!received.includes(id())) validate?.(...args);
      },
    },
  );
}

/** Notes the id of a message. @returns whether it has not been received before */
export function noteReceived(received: string[], id: string): boolean {
  if (received.includes(id)) return false;
  received.push(id);
  keepLatest(received, MOST.updates);
  return true;
}

/** A repeated update that returns nothing needs nothing more. */
export const nothing = (): void => {};
