import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { RunningBox } from '../../src/containment/time-box.ts';
import { utcShort } from '../render/utc.ts';
import { devicesText } from './counted.ts';
import { atEndText, needs } from './time-box.ts';

/** What happens next with those of several devices that are restricted for a time: what waits for people comes first. */
export function stepsOfBoxes(members: readonly ContainmentRequest[]): string[] {
  const said = members.flatMap((member) => {
    const box = boxInForce(member);
    return box === undefined ? [] : [{ box, ...stepOf(member, box) }];
  });
  const groups = [...Map.groupBy(said, ({ rank, say }) => `${rank} ${say(2, false)}`)].toSorted(
    ([one], [other]) => one.localeCompare(other),
  );
  const others = groups.slice(mostSteps).reduce((count, [, all]) => count + all.length, 0);
  return [
    ...groups
      .slice(0, mostSteps)
      .flatMap(([, all]) => all.slice(0, 1).map(({ say }) => say(all.length, all.length === members.length))),
    ...(others === 0 ? [] : [`Of ${others} more ${others === 1 ? 'device' : 'devices'} the rows say it.`]),
  ];
}

/** More would be a wall of text above the rows, which say of each how it stands. */
const mostSteps = 3;

interface Step {
  /** Those that wait for people first. */
  readonly rank: number;
  readonly say: (count: number, isAll: boolean) => string;
}

function stepOf(member: ContainmentRequest, { until, lift, failed, ended }: RunningBox): Step {
  const over = (count: number): string =>
    `The time of ${devicesText(count)} is over, and app execution is still restricted there:`;
  if (lift?.awaitedSince !== undefined)
    return { rank: 1, say: (count) => `${over(count)} #${lift.number} ${needs(lift)}.` };
  if (lift !== undefined)
    return {
      rank: 3,
      say: (count) =>
        `#${lift.number} asks to lift the restriction of ${devicesText(count)}; its card shows how that stands.`,
    };
  const came = failed && `#${failed.number}, which was to lift it, is “${failed.label}”`;
  if (ended === true)
    return {
      rank: 2,
      say: (count) =>
        `${over(count)} ${came === undefined ? 'press' : `${came}. Press`} Release to lift it, or Extend to keep it.`,
    };
  const end = `until ${utcShort(until, member.createdAt)}; ${atEndText(member)}`;
  const failedFirst = came === undefined ? '' : ` ${came}.`;
  return {
    rank: 4,
    say: (count, isAll) =>
      `${isAll ? 'In force' : `${devicesText(count)} ${count === 1 ? 'is' : 'are'} restricted`} ${end}.${failedFirst}`,
  };
}
