/** Teams' three: `?theme=` wins, then the person's last choice, then the system's preference. */

const themes = ['light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];
const key = 'cordon-sandbox-theme';

export function applyInitialTheme(): void {
  const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(key);
  document.documentElement.dataset['theme'] = isTheme(asked) ? asked : preferred();
}

function currentTheme(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return isTheme(theme) ? theme : 'light';
}

export function nextTheme(): Theme {
  return themes[(themes.indexOf(currentTheme()) + 1) % themes.length] ?? 'light';
}

export function switchTheme(): void {
  const next = nextTheme();
  document.documentElement.dataset['theme'] = next;
  localStorage.setItem(key, next);
}

function preferred(): Theme {
  if (matchMedia('(forced-colors: active)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function isTheme(text: string | null | undefined): text is Theme {
  return themes.some((theme) => theme === text);
}
