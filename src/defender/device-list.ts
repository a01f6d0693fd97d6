import { firstLabel } from '../containment/device-name.ts';
import { DefenderError } from './errors.ts';
import { eq, filterQuery, isIn, or, startsWith } from './odata.ts';
import { ListPage, Machine } from './schema.ts';
import type { CallOptions, Transport } from './transport.ts';

export interface DeviceListOptions {
  readonly send: Transport;
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

/** How a device is asked for: by its id, by its very name, or by what its name begins with. */
export type WantedDevice =
  { readonly id: string } | { readonly name: string } | { readonly beginning: string };

export interface DeviceList {
  readonly machines: readonly Machine[];
  /** There are more. */
  readonly isCut: boolean;
}

/**
 * The part of a filter that asks for it. Names are asked for in lower case, as Defender keeps them; whether its filters know
 * other cases is not documented.
 */
export function filterOf(wanted: WantedDevice): string {
  if ('id' in wanted) return eq('id', wanted.id);
  const field = 'computerDnsName';
  if ('name' in wanted) {
    const name = wanted.name.toLowerCase();
    return or(eq(field, name), startsWith(field, `${name}.`));
  }
  const beginning = wanted.beginning.toLowerCase();
  const [alike, short] = [startsWith(field, beginning), firstLabel(beginning)];
  return short === beginning ? alike : or(alike, eq(field, short));
}

function comparisonsIn(wanted: WantedDevice): number {
  if ('id' in wanted) return 1;
  if ('name' in wanted) return 2;
  return filterOf(wanted).startsWith('(') ? 2 : 1;
}

/** Keeps the address of a call near 5 kB, well below what gateways accept; 50 ids need 3 kB, 50 short names 8. */
const longestFilter = 5_000;

/** OData services of Microsoft's making refuse a filter of more than 100 nodes unless told otherwise; a comparison and its `or` are five. */
const fewComparisons = 20;

/** `long`: as long as an address may be. `short`: no longer than any service of the kind accepts. */
export type FilterSize = 'long' | 'short';

/** In their order, as many together as one call bears. */
export function inCalls<Item>(
  items: readonly Item[],
  wantedOf: (item: Item) => WantedDevice,
  size: FilterSize = 'long',
): Item[][] {
  const calls: Item[][] = [];
  const mostComparisons = size === 'short' ? fewComparisons : Infinity;
  let [length, comparisons] = [Infinity, 0];
  for (const item of items) {
    const wanted = wantedOf(item);
    const more = {
      length: filterQuery(` or ${filterOf(wanted)}`).length,
      comparisons: comparisonsIn(wanted),
    };
    length += more.length;
    comparisons += more.comparisons;
    if (length > longestFilter || comparisons > mostComparisons) {
      calls.push([]);
      ({ length, comparisons } = more);
    }
    calls.at(-1)?.push(item);
  }
  return calls;
}

/** Many ids are one comparison, as Kibana asks for them; few are asked for one by one, as most clients do. */
export function filterOfAll(wanted: readonly WantedDevice[]): string {
  const comparisons = wanted.reduce((sum, one) => sum + comparisonsIn(one), 0);
  const ids = wanted.flatMap((one) => ('id' in one ? [one.id] : []));
  if (comparisons <= fewComparisons || ids.length < 2) return or(...wanted.map(filterOf));
  const others = wanted.filter((one) => !('id' in one));
  return or(isIn('id', ids), ...others.map(filterOf));
}

/** Every one of 50 names may be there some times; a beginning that fits more says nothing. */
const mostListed = 500;

/** All of them in one call; which record is whose is for the caller to see. */
export async function listDevices(
  options: DeviceListOptions,
  token: string,
  wanted: readonly WantedDevice[],
  call: CallOptions,
): Promise<DeviceList> {
  return readDeviceList(options, token, { filter: filterOfAll(wanted), top: mostListed }, call);
}

interface Query {
  readonly filter: string;
  readonly top: number;
}

/** One page. */
export async function readDeviceList(
  { send, apiUrl, timeoutMs }: DeviceListOptions,
  token: string,
  { filter, top }: Query,
  call: CallOptions,
): Promise<DeviceList> {
  const path = '/api/machines';
  const url = `${apiUrl}${path}?${filterQuery(filter)}&$top=${top}`;
  try {
    const page = await send(token, { kind: 'read-device', path, url, timeoutMs, schema: ListPage }, call);
    const machines = page.value.flatMap((entry) => Machine.safeParse(entry).data ?? []);
    return { machines, isCut: page.value.length >= top || page['@odata.nextLink'] !== undefined };
  } catch (error) {
    // The page says 404 where nothing matches; other lists of this API answer an empty one.
    if (error instanceof DefenderError && error.kind === 'not-found') return { machines: [], isCut: false };
    throw error;
  }
}
