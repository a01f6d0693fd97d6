/** Times in the reader's own zone, as Teams shows them; cards say UTC themselves. */

export function clockTime(at: string | number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

export function preciseTime(at: string | number): string {
  return new Date(at).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
}

export function fullTime(at: string | number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'medium' });
}

export function dayLabel(at: string | number, now: Date): string {
  const day = new Date(at);
  if (day.toDateString() === now.toDateString()) return 'Today';
  return day.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
}
