import type { Config } from '../../../src/config.ts';
import { type Finding, ok } from './finding.ts';

export function checkPolicy({ requestExpirySeconds }: Config): Finding {
  const minutes = requestExpirySeconds / 60;
  return ok(
    `no policy file: one approval, by anybody of an allowed tenant but the requester; requests expire after ${minutes} min`,
  );
}
