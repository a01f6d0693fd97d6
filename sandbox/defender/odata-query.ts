import { badQuery, QueryOptionError } from './api-error.ts';
import { parseFilter } from './odata-filter.ts';
import type { Fields, Predicate, Row } from './odata-filter.ts';
import { ticks } from './odata-tokens.ts';

export interface ListSchema {
  /** The last part of `@odata.context`. */
  readonly set: string;
  readonly filterable: Fields;
  /** Date fields that `$orderby` takes. */
  readonly sortable: readonly string[];
}

interface ListQuery {
  readonly matches: Predicate;
  readonly sort: (rows: readonly Row[]) => readonly Row[];
  readonly top: number | undefined;
  readonly skip: number;
  readonly count: boolean;
}

/** The documented maximum of `$top` and of a page. */
const maxPage = 10_000;
const knownOptions = ['$filter', '$top', '$skip', '$orderby', '$count'];
export const contextRoot = 'https://api.securitycenter.microsoft.com/api/$metadata#';

/** The body of a list: filtered, sorted, cut to a page, with the link to the next one. */
export function listBody(rows: readonly Row[], url: URL, schema: ListSchema, pageSize = maxPage): unknown {
  const query = parseQuery(url.searchParams, schema);
  const found = query.sort(rows.filter(query.matches));
  const wanted = Math.min(query.top ?? Infinity, Math.max(0, found.length - query.skip));
  const page = found.slice(query.skip, query.skip + Math.min(wanted, pageSize));
  const left = wanted - page.length;
  return {
    '@odata.context': contextRoot + schema.set,
    ...(query.count ? { '@odata.count': found.length } : {}),
    value: page,
    ...(left > 0 ? { '@odata.nextLink': nextLink(url, query, page.length) } : {}),
  };
}

function parseQuery(params: URLSearchParams, schema: ListSchema): ListQuery {
  for (const name of params.keys()) {
    if (name.startsWith('$') && !knownOptions.includes(name))
      throw new QueryOptionError(`The query parameter '${name}' is not supported.`);
    if (params.getAll(name).length > 1) throw badQuery(`Query option '${name}' was given more than once.`);
  }
  const filter = params.get('$filter');
  const top = natural(params, '$top');
  if (top !== undefined && top > maxPage) throw badQuery(`The limit of '${maxPage}' for $top was exceeded.`);
  return {
    matches: filter === null ? () => true : parseFilter(filter, schema.filterable),
    sort: sorter(params.get('$orderby'), schema),
    top,
    skip: natural(params, '$skip') ?? 0,
    count: boolean(params, '$count'),
  };
}

function natural(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badQuery(`Invalid value '${text}' for ${name}.`);
  return Number(text);
}

function boolean(params: URLSearchParams, name: string): boolean {
  const text = params.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw badQuery(`Invalid value '${text}' for ${name}.`);
  return text === 'true';
}

function sorter(orderBy: string | null, schema: ListSchema): ListQuery['sort'] {
  if (orderBy === null) return (rows) => rows;
  const [, field = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(orderBy) ?? [];
  if (!schema.sortable.includes(field)) throw badQuery(`Cannot sort by '${orderBy}'.`);
  const sign = direction === 'desc' ? -1 : 1;
  return (rows) => rows.toSorted((one, other) => sign * Number(key(one, field) - key(other, field)));
}

function key(row: Row, field: string): bigint {
  return ticks(String(row[field]));
}

function nextLink(url: URL, query: ListQuery, taken: number): string {
  const next = new URL(url);
  next.searchParams.set('$skip', String(query.skip + taken));
  if (query.top !== undefined) next.searchParams.set('$top', String(query.top - taken));
  return next.href;
}
