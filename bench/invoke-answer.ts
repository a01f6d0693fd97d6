import { randomBytes } from 'node:crypto';
import type { Message } from '../sandbox/message-store.ts';
import type { Figure } from './figure.ts';
import { countOf, inRounds, valuesOf } from './figure.ts';
import { request } from './request.ts';
import { percentile } from './statistics.ts';
import type { Subject } from './subjects.ts';

const rounds = 6;
const pressesARound = 30;
const warmUps = 10;

/** The answer to `refresh`: Cordon reads the request and renders its card, the bare bot answers at once. */
export async function measureInvokes(subjects: readonly Subject[]): Promise<Figure[]> {
  const messages = new Map<Subject, Message>();
  for (const subject of subjects) {
    messages.set(subject, await anyMessage(subject));
    await press(subject, messages, warmUps);
  }
  const samples = await inRounds(subjects, rounds, (subject) => press(subject, messages, pressesARound));
  return [50, 95].map((percent) => ({
    name: `answer to refresh, p${percent}`,
    unit: 'ms',
    samples: countOf(samples),
    values: valuesOf(samples, (all) => percentile(all, percent)),
  }));
}

async function press(subject: Subject, messages: Map<Subject, Message>, times: number): Promise<number[]> {
  const message = messages.get(subject);
  if (message === undefined) return [];
  const samples: number[] = [];
  for (let time = 0; time < times; time += 1) {
    samples.push(await subject.client.press(subject.client.approver, message, 'refresh'));
  }
  return samples;
}

/** A card that awaits approval; of the bare bot its echo. */
async function anyMessage(subject: Subject): Promise<Message> {
  if (subject.name !== 'bare') return request(subject, randomBytes(20).toString('hex'));
  const threadId = await subject.client.say('hello');
  return subject.sandbox.teams.messages.until((all) =>
    all.find((message) => message.threadId === threadId && message.from.isBot),
  );
}
