import { randomBytes } from 'node:crypto';
import type { Figure } from './figure.ts';
import { inRounds, valuesOf } from './figure.ts';
import { median } from './statistics.ts';
import type { Subject } from './subjects.ts';

const rounds = 3;
const commandsARound = 120;
const atOnce = 8;
const timeoutMs = 120_000;

/** Commands until the last reply stands in the channel; the bare bot echoes the same words. */
export async function measureCommands(subjects: readonly Subject[]): Promise<Figure[]> {
  const kinds = {
    '/help': () => '/help',
    '/restrict, card posted': () => `/restrict ${randomBytes(20).toString('hex')} Beacon seen`,
  };
  const figures: Figure[] = [];
  for (const [name, command] of Object.entries(kinds)) {
    const samples = await inRounds(subjects, rounds, async (subject) => [await rate(subject, command)]);
    figures.push({
      name: `commands, ${name}`,
      unit: 'per s',
      samples: rounds * commandsARound,
      values: valuesOf(samples, median),
    });
  }
  return figures;
}

async function rate({ client, sandbox }: Subject, command: () => string): Promise<number> {
  const texts = Array.from({ length: commandsARound }, command);
  const replies = repliesOf(sandbox.teams.messages, texts.length);
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) await client.say(text);
  };
  await Promise.all([replies, ...Array.from({ length: atOnce }, worker)]);
  return (commandsARound * 1_000) / (performance.now() - started);
}

function repliesOf(messages: Subject['sandbox']['teams']['messages'], wanted: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    const stop = messages.onChange(({ kind, message }) => {
      if (kind !== 'message' || !message.from.isBot) return;
      seen += 1;
      if (seen < wanted) return;
      stop();
      clearTimeout(timer);
      resolve();
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Only ${seen} of ${wanted} replies came in time.`));
    }, timeoutMs);
  });
}
