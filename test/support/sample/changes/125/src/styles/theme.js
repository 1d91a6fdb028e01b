const light = { background: '#ffffff', text: '#1f2328', accent: '#0969da' };
const dark = { background: '#0d1117', text: '#e6edf3', accent: '#4493f8' };

const variables = (colours) =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');

const rule = (selector, colours) => `${selector} { ${variables(colours)} }`;

/** The system's preference picks the colours, and `data-theme` on the root overrides it. */
export const stylesheet = () =>
  [
    rule(':root', light),
    `@media (prefers-color-scheme: dark) { ${rule(':root', dark)} }`,
    rule(':root[data-theme="light"]', light),
    rule(':root[data-theme="dark"]', dark),
  ].join('\n');
