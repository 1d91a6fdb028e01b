/** Calls `action` at once, and then no more often than every so many milliseconds, however often it is asked for. */
export function coalesce(action: () => void, milliseconds: number): { ask(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;

  function act(): void {
    isAsked = false;
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) act();
    }, milliseconds);
  }

  return {
    ask() {
      if (timer) isAsked = true;
      else act();
    },
    end() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
