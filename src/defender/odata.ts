/** OData filters, https://learn.microsoft.com/defender-endpoint/api/exposed-apis-odata-samples. */

/** A text literal. A quote inside is doubled, so that no value can end it and go on as filter. */
function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function eq(field: string, value: string): string {
  return `${field} eq ${literal(value)}`;
}

/** A single value becomes a plain `eq`, which is documented; `or` in parentheses is only known to work. */
export function anyOf(field: string, values: readonly string[]): string {
  return or(...values.map((value) => eq(field, value)));
}

/** Also longer texts: whoever wants a whole name looks again. */
export function startsWith(field: string, prefix: string): string {
  return `startswith(${field},${literal(prefix)})`;
}

export function or(...terms: readonly string[]): string {
  return terms.length === 1 ? terms.join('') : `(${terms.join(' or ')})`;
}

export function isIn(field: string, values: readonly string[]): string {
  return `${field} in (${values.map(literal).join(',')})`;
}

/** Dates go unquoted; whole seconds, rounded down, are the form seen to work. */
export function since(field: string, time: Date): string {
  return `${field} ge ${time.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

export function and(...terms: readonly string[]): string {
  return terms.join(' and ');
}

/** The query string of a filter, with the quotes percent-encoded too. */
export function filterQuery(filter: string): string {
  return `$filter=${encodeURIComponent(filter).replaceAll("'", '%27')}`;
}
