import { Button } from './Button.js';

export const ThemeToggle = ({ dark }) =>
  Button({ label: dark ? 'Light mode' : 'Dark mode', action: dark ? 'theme-light' : 'theme-dark' });
