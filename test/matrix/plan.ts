import type { FaultName } from './faults.ts';
import { faultNames } from './faults.ts';
import type { Cell, StepName } from './table.ts';
import { stepNames, table } from './table.ts';

/** A cell of the table that is played. */
export interface Planned {
  readonly step: StepName;
  readonly fault: FaultName;
  readonly cell: Cell;
}

export const planned: readonly Planned[] = stepNames.flatMap((step) =>
  faultNames.flatMap((fault): Planned[] => {
    const cell: Cell | string = table[step][fault];
    return typeof cell === 'string' ? [] : [{ step, fault, cell }];
  }),
);

const atDefender: readonly StepName[] = [
  'list before the POST',
  'POST to Defender',
  'list while tracking',
  'read of the device',
];
const neverSurelySent = ['timeout', 'reset before', '500', '502', 'malformed JSON'];

/** Cells that are played at the same time; a group begins when the one before it has come as far as it can. */
interface Group {
  readonly cells: readonly Planned[];
  readonly startEveryMs: number;
}

const isThrottled = (one: Planned): boolean => atDefender.includes(one.step) && one.fault.startsWith('429');

/** A pause that Defender asks for holds for its kind of call in the whole tenant; the device is to be read before. */
function throttled(fault: FaultName): Group {
  const cells = atDefender.flatMap((step) =>
    planned.filter((one) => one.step === step && one.fault === fault),
  );
  return { cells, startEveryMs: 1_000 };
}

export const groups: readonly Group[] = [
  { cells: planned.filter((one) => !isThrottled(one)), startEveryMs: 0 },
  throttled('429 short'),
  throttled('429 long'),
];

/** In doubt until Defender's lists may lag no more; or nothing more is to come, which only time can show. */
export function isSettledByMinutes({ step, fault, cell }: Planned): boolean {
  return (
    cell.end === 'no card' || (step === 'POST to Defender' && neverSurelySent.some((one) => one === fault))
  );
}
