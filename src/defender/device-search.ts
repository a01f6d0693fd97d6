import { distanceOf, firstLabel, matchOfName } from '../containment/device-name.ts';
import { type DeviceListOptions, filterOf, readDeviceList } from './device-list.ts';
import { startsWith } from './odata.ts';
import type { Machine } from './schema.ts';
import type { CallOptions } from './transport.ts';

/** What somebody can see under a name. */
export interface FoundDevices {
  /** `exact`: all of them bear the name; `near`: they begin with it, or are called by its first label. */
  readonly fit: 'exact' | 'near' | 'none';
  /** One name after the other, of each the record first that was seen last. */
  readonly machines: readonly Machine[];
  /** There are more than anybody can choose from. */
  readonly isCut: boolean;
}

/** As many as a person can look through. */
export const mostCandidates = 25;
/** Out of so many the nearest names are picked. */
const mostLookedAt = 200;
const mostNearest = 10;
const endingLength = 2;

/** Looks devices up by name, in lists, because reading one by its name hides that several records bear it. */
export function createDeviceSearch(options: DeviceListOptions) {
  // One page: whoever needs more has to write more of the name.
  const listed = async (token: string, filter: string, top: number, call: CallOptions) =>
    (await readDeviceList(options, token, { filter, top }, call)).machines;
  return {
    /** Records of that very name or, where there is none, those that begin so. */
    async find(token: string, typed: string, call: CallOptions): Promise<FoundDevices> {
      const name = typed.toLowerCase();
      const exact = await listed(token, filterOf({ name }), mostCandidates + 1, call);
      const ofName = exact.filter((machine) => matchOfName(name, machine.computerDnsName) === 'exact');
      if (ofName.length > 0) return found('exact', ofName);
      const near = await listed(token, filterOf({ beginning: name }), mostCandidates + 1, call);
      return found(
        'near',
        near.filter((machine) => matchOfName(name, machine.computerDnsName) !== 'none'),
      );
    },

    /** For who mistyped a name: those that begin like it, the most similar first. */
    async nearest(token: string, typed: string, call: CallOptions): Promise<readonly Machine[]> {
      const short = firstLabel(typed.toLowerCase());
      const beginning = (prefix: string) =>
        listed(token, startsWith('computerDnsName', prefix), mostLookedAt, call);
      const wide = await beginning(beginningOf(short));
      // Not all of them were seen: those that differ only at the end may be among the rest.
      const narrow = wide.length < mostLookedAt ? [] : await beginning(short.slice(0, -endingLength));
      return [...new Map([...wide, ...narrow].map((machine) => [machine.id, machine])).values()]
        .map((machine) => ({
          machine,
          distance: distanceOf(short, firstLabel(machine.computerDnsName.toLowerCase())),
        }))
        .toSorted((one, other) => one.distance - other.distance)
        .slice(0, mostNearest)
        .map(({ machine }) => machine);
    },
  };
}

/** Up to the last dash that leaves something to tell devices apart by, or the first half. */
function beginningOf(label: string): string {
  const dash = Math.max(label.lastIndexOf('-'), label.lastIndexOf('_'));
  return dash > 0 ? label.slice(0, dash + 1) : label.slice(0, Math.max(1, Math.ceil(label.length / 2)));
}

function found(fit: 'exact' | 'near', machines: readonly Machine[]): FoundDevices {
  if (machines.length === 0) return { fit: 'none', machines: [], isCut: false };
  return {
    fit,
    machines: machines.toSorted(inOrder).slice(0, mostCandidates),
    isCut: machines.length > mostCandidates,
  };
}

function inOrder(one: Machine, other: Machine): number {
  const [a, b] = [one.computerDnsName.toLowerCase(), other.computerDnsName.toLowerCase()];
  if (a !== b) return a < b ? -1 : 1;
  return (Date.parse(other.lastSeen ?? '') || 0) - (Date.parse(one.lastSeen ?? '') || 0);
}
