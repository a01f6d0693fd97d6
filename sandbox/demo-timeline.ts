import type { Label } from './card-reading.ts';
import { cardLabel } from './card-reading.ts';
import type { MessageChange } from './message-store.ts';
import type { Sandbox } from './sandbox.ts';
import type { Wire } from './wire.ts';
import type { Conversation } from './world.ts';

type WireEntry = ReturnType<Wire['record']>;

/** The columns of the timeline: seconds since the start, who, what. */
export interface Timeline {
  title(text: string): void;
  says(who: string, text: string): void;
  /** Shows what happens by itself: the bot's cards and messages in this conversation, and its calls. */
  watch(sandbox: Sandbox, conversation: Conversation): void;
  end(label: Label | undefined): void;
  failure(text: string): void;
}

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

const colours = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 36 } as const;

export function createTimeline(out: Out, now: () => number = Date.now): Timeline {
  const started = now();
  // Colours only for eyes: a pipe or a log file gets plain text.
  const paint = (text: string, colour: keyof typeof colours): string =>
    out.isTTY && process.env['NO_COLOR'] === undefined ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  const line = (who: string, text: string): void => {
    const at = `${((now() - started) / 1000).toFixed(1).padStart(5)} s`;
    out.write(`${paint(at, 'dim')}  ${paint(who.padEnd(13), 'bold')}  ${text.replaceAll(/\s+/g, ' ')}\n`);
  };
  const shown = new Map<string, string>();
  const tellChange = ({ kind, message }: MessageChange): void => {
    if (!message.from.isBot || kind === 'delete') return;
    if (message.card === undefined) {
      if (kind === 'message') line(message.from.name, `“${readable(message.text ?? '')}”`);
      return;
    }
    const label = cardLabel(message.card) ?? message.summary ?? 'a card';
    if (shown.get(message.id) === label) return;
    shown.set(message.id, label);
    const colour = label === 'Succeeded' ? 'green' : 'yellow';
    line(
      message.from.name,
      `${kind === 'message' ? 'posts a card' : 'the card now says'}: ${paint(label, colour)}`,
    );
  };
  let submitted = false;
  const tellCall = (entry: WireEntry): void => {
    // Each tracking sweep obtains a token anew; once the main call is made, that is routine too.
    if (!isWorthTelling(entry) || (submitted && entry.to === 'entra')) return;
    submitted ||= entry.what.startsWith('POST restrict');
    const outcome = `${entry.status ?? 'no answer'}${entry.ms === undefined ? '' : `, ${entry.ms} ms`}`;
    line('', paint(`→ ${entry.to}: ${entry.what} · token of ${entry.as ?? 'nobody'} · ${outcome}`, 'blue'));
  };
  return {
    title: (text) => out.write(`\n${paint(text, 'bold')}\n\n`),
    says: line,
    watch: ({ teams, wire }, { id }) => {
      teams.messages.onChange((change) => {
        if (change.message.conversationId === id) tellChange(change);
      });
      wire.onEntry(tellCall);
    },
    end: (label) => {
      const good = label === 'Succeeded';
      const verdict = `The last card says: ${label ?? 'nothing'}`;
      out.write(`\n${paint(good ? `✔ ${verdict}` : `✘ ${verdict}`, good ? 'green' : 'red')}\n\n`);
    },
    failure: (text) => out.write(`\n${paint(`✘ The demo stopped: ${text}`, 'red')}\n\n`),
  };
}

/** Every call to Defender, and each time a person's token is obtained; the rest is routine. */
function isWorthTelling({ from, to, what }: WireEntry): boolean {
  if (from !== 'bot') return false;
  return to === 'defender' || (to === 'entra' && what.includes('behalf')) || what === 'POST exchange';
}

function readable(text: string): string {
  return text.replaceAll(/<\/?at>/g, '').slice(0, 240);
}
