import type { BotProcess } from './bot-process.ts';

export type ChooseBot = (running: readonly BotProcess[]) => BotProcess | undefined;

/** The bots behind one public address, as a load balancer sees them: it sends nothing to a process that is gone. */
export interface Fleet {
  readonly bots: readonly BotProcess[];
  add(bot: BotProcess): BotProcess;
  next(): BotProcess;
}

export function createFleet(choose: ChooseBot = inTurn()): Fleet {
  const bots: BotProcess[] = [];
  return {
    bots,
    add: (bot) => {
      bots.push(bot);
      return bot;
    },
    next: () => {
      // With nobody alive the call goes to the first one and fails, as it should.
      const bot = choose(bots.filter(({ running }) => running)) ?? bots[0];
      if (bot === undefined) throw new Error('There is no bot.');
      return bot;
    },
  };
}

function inTurn(): ChooseBot {
  let turns = 0;
  return (running) => {
    turns += 1;
    return running[turns % running.length];
  };
}
