/**
 * Calls `action` immediately when asked, and then at most once in each interval, however often it is asked.
 */
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
