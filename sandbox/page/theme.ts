/** Light or dark: `?theme=` wins, then the person's last choice, then the system's preference. */

export type Theme = 'light' | 'dark';
const key = 'cordon-sandbox-theme';

export function applyInitialTheme(): void {
  const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(key);
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = asked === 'dark' || asked === 'light' ? asked : system;
}

export function currentTheme(): Theme {
  return document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light';
}

export function switchTheme(): Theme {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = next;
  localStorage.setItem(key, next);
  return next;
}
