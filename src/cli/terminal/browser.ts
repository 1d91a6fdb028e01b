import open from 'open';

/** @returns false when there is nothing on this machine to open it with */
export async function openBrowser(url: string): Promise<boolean> {
  // Without a display the program that looks for a browser would wait, or draw one into the terminal.
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return false;
  try {
    await open(url);
    return true;
  } catch {
    return false;
  }
}
