import { isVisible } from '../../src/containment/visible.ts';
import { loadConfig } from '../../src/config.ts';
import { pauseSubmission } from '../../src/jobs/pausing.ts';
import { countHeldBack } from '../../src/store/held-back.ts';
import { openTools } from '../compose-tools.ts';
import { type Command, UsageError } from './command.ts';
import { operatorName } from './operator.ts';
import { inUtc, openRequests } from './words.ts';

/** A card shows it in one line or two. */
const longestReason = 300;

export const pause: Command = {
  name: 'pause',
  args: '<reason>',
  summary: 'Submits nothing to Defender from now on, on every replica; tracking goes on',
  async run(words, { print }) {
    const reason = reasonIn(words);
    const tools = await openTools(loadConfig());
    try {
      const { pause, isNew } = await pauseSubmission(tools.pauses, { reason, by: operatorName() });
      const since = inUtc(pause.since);
      if (!isNew) {
        print(`Paused already, since ${since} by ${pause.by}: ${pause.reason}`);
        print('Nothing was changed. "npx cordon resume" ends the pause.');
        return 0;
      }
      print(`Paused since ${since}: nothing is submitted to Defender. Tracking goes on.`);
      print(`${openRequests(await countHeldBack(tools.sql))} not yet submitted; their cards say why.`);
      return 0;
    } finally {
      await tools.close();
    }
  },
};

function reasonIn(words: readonly string[]): string {
  const reason = words.join(' ').replaceAll(/\s+/g, ' ').trim();
  if (!isVisible(reason)) {
    throw new UsageError(
      'pause needs a reason for the cards: npx cordon pause Defender maintenance until 06:00',
    );
  }
  if (reason.length > longestReason) {
    throw new UsageError(`The reason is ${reason.length} characters long: ${longestReason} at most`);
  }
  return reason;
}
