import type { AuditRecord } from '../../src/audit/chain.ts';
import type { Truth } from '../support/truth.ts';
import type { Told } from './people.ts';

/** Clicks whose people were told that they are recorded, and of which nothing is known, or nothing came. */
export function lostClicks({ request, records }: Truth, told: readonly Told[]): readonly string[] {
  const here = told.filter(({ requestId, acknowledged }) => requestId === request.id && acknowledged);
  const byPress = Map.groupBy(here, ({ verb, objectId }) => `${verb}-clicked ${objectId}`);
  const unrecorded = [...byPress].flatMap(([press, all]) => {
    const recorded = records.filter((record) => pressOf(record) === press).length;
    return recorded >= all.length
      ? []
      : [`#${request.number}: ${all.length} × ${press} acknowledged, ${recorded} recorded`];
  });
  return [...unrecorded, ...unresolved(request.number, records)];
}

function pressOf({ what, who }: AuditRecord): string {
  return who === 'cordon' ? what : `${what} ${who.objectId}`;
}

/** An approval that was taken is confirmed, voided, or overtaken by a decision about the request. */
function unresolved(number: number, records: readonly AuditRecord[]): string[] {
  return records.flatMap(({ what, detail }, index) => {
    if (what !== 'approve-clicked' || detail?.['refused'] !== undefined) return [];
    const { clickId } = detail ?? {};
    const later = records.slice(index + 1);
    const answered = later.some((record) => record.detail?.['clickId'] === clickId);
    const overtaken = later.some(
      ({ before, after }) => before === 'Awaiting approval' && after !== undefined && after !== before,
    );
    return answered || overtaken ? [] : [`#${number}: approval ${String(clickId)} came to nothing`];
  });
}
