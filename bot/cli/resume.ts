import { loadConfig } from '../../src/config.ts';
import { resumeSubmission } from '../../src/jobs/pausing.ts';
import { countHeldBack } from '../../src/store/held-back.ts';
import { openTools } from '../compose-tools.ts';
import { type Command, refuseWords } from './command.ts';
import { operatorName } from './operator.ts';
import { inUtc, openRequests } from './words.ts';

export const resume: Command = {
  name: 'resume',
  args: '',
  summary: 'Ends the pause; what waited for it is submitted',
  async run(words, { print }) {
    refuseWords(resume, words);
    const tools = await openTools(loadConfig());
    try {
      const ended = await resumeSubmission(tools.pauses, operatorName());
      const [other] = await tools.pauses.read();
      if (ended) print('Resumed: the pause is over.');
      else if (other === undefined) print('Submission was not paused: nothing was changed.');
      if (other !== undefined) {
        print(`Paused since ${inUtc(other.since)} by Cordon itself: ${other.reason}`);
        print('That pause ends by itself, once Defender was asked about every open request.');
      } else if (ended)
        print(`${openRequests(await countHeldBack(tools.sql))} not yet submitted and may go on.`);
      return 0;
    } finally {
      await tools.close();
    }
  },
};
