import type { Place } from '../../src/containment/request.ts';
import type { Reports } from '../../src/store/reports.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { renderReportCard } from '../render/report-card.ts';
import { spokenText } from '../texts/report.ts';
import type { ReportCommand } from './parsed-command.ts';

export interface ReportParts {
  readonly reports: Pick<Reports, 'of'>;
}

interface Asked {
  readonly command: ReportCommand;
  readonly tenantId: string;
  readonly place: Place;
}

/** What the database knows of the requests made here; nobody's token is needed and Defender is not asked. */
export async function runReport(
  { reports }: ReportParts,
  { command: { period }, tenantId, place }: Asked,
): Promise<{ readonly card: AdaptiveCardJson; readonly summary: string }> {
  const scope = { tenantId, conversation: place.conversation, seconds: period.seconds };
  const report = await reports.of(scope);
  return { card: renderReportCard(report, period), summary: spokenText(period, report) };
}
