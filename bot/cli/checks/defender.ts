import type { Config } from '../../../src/config.ts';
import { errorFromFailure } from '../../../src/defender/error-mapping.ts';
import { type HttpAnswer, callHttp } from '../../../src/platform/http.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const defenderMs = 9_000;

/** Asks without a token: only Defender's own refusal proves that the way there is open and TLS is right. */
export async function checkDefender({ defenderApiUrl }: Config): Promise<Finding> {
  try {
    const url = `${defenderApiUrl}/api/machines?$top=1`;
    return findingOf(await callHttp({ url, timeoutMs: defenderMs, headers: { accept: 'application/json' } }));
  } catch (error) {
    const { networkCode } = errorFromFailure(error, false);
    const code = networkCode === undefined ? '' : ` (${networkCode})`;
    return failed(
      `cannot be reached${code}: check DEFENDER_API_URL, and that this machine may reach it (DNS, firewall, proxy, certificates)`,
    );
  }
}

function findingOf({ status }: HttpAnswer): Finding {
  if (status === 401) return ok('reached: it refuses a call without a token, as it should');
  if (status === 429 || status >= 500) {
    return warning(
      `reached, but it answers HTTP ${status}: look at the service health of Microsoft Defender`,
    );
  }
  return failed(
    `HTTP ${status} instead of 401 to a call without a token: is DEFENDER_API_URL Defender's own address, and no proxy in between?`,
  );
}
