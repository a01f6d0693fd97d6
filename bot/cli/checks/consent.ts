import type { Sql } from '../../../src/store/database-port.ts';
import { type ConsentAnswer, readLastConsentAnswer } from '../../../src/store/last-on-behalf-of.ts';
import { inUtc } from '../words.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** No call can show it without a person, so the last one that was made for a person does. */
export async function checkConsent(db: Sql): Promise<Finding> {
  const last = await readLastConsentAnswer(db);
  if (last === undefined) return warning('not proven: send /whoami to the bot in Teams, then look again');
  const when = `on ${inUtc(last.at)}`;
  if (last.result === 'ok') return ok(`proven by the on-behalf-of answer ${when}`);
  return failed(`${problems[last.result]} ${when}: ${remedies[last.result]}`);
}

type Problem = Exclude<ConsentAnswer['result'], 'ok'>;

const problems: Readonly<Record<Problem, string>> = {
  'consent-missing': 'Entra said that nobody has consented,',
  'missing-scope': 'a token came without a permission that is needed,',
  'principal-missing': 'Entra said that the tenant has no Defender for Endpoint,',
};

const permissions = 'Machine.Read and Machine.RestrictExecution (delegated, WindowsDefenderATP)';

const remedies: Readonly<Record<Problem, string>> = {
  'consent-missing': `grant admin consent to ${permissions}`,
  'missing-scope': `add ${permissions} to the application and grant admin consent`,
  'principal-missing': 'check the licence of the tenant and DEFENDER_RESOURCE',
};
