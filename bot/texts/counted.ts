export function devicesText(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`;
}

export function inShort(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
