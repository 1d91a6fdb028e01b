const light = { background: '#ffffff', text: '#1f2328', accent: '#0969da' };

const variables = (colours) =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(' ');

export const stylesheet = () => `:root { ${variables(light)} }`;
