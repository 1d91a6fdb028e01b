import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface ButtonProps {
  readonly act: () => Promise<void>;
  /** Asked before it acts. */
  readonly confirm?: string;
  readonly children: ComponentChildren;
  readonly done?: () => void;
}

/** Acts once at a time, and shows beside itself why it could not. */
export function Button({ act, confirm, children, done }: ButtonProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const click = async () => {
    if (confirm !== undefined && !window.confirm(confirm)) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
      done?.();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void click()}>
        {children}
      </button>
      {problem !== undefined && (
        <span role="alert" class="problem">
          {problem}
        </span>
      )}
    </>
  );
}
