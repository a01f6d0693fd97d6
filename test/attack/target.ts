import assert from 'node:assert/strict';
import { type Activity, cardActivity, messageActivity } from '../../sandbox/activities.ts';
import { type Label, cardLabel } from '../../sandbox/card-reading.ts';
import type { Delivered, DeliverOptions } from '../../sandbox/delivery.ts';
import { asObject, asText } from '../../sandbox/http.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import type { Asked } from '../e2e/play.ts';
import { type Stage, type StageOptions, alex, incident, priya, riley, setStage } from '../e2e/stage.ts';

/** Takes part in no attack. */
const onlooker = priya;

export interface Target {
  readonly stage: Stage;
  /** What the bot has written in the thread of an activity; empty for a card. */
  repliesTo(activity: Activity): readonly string[];
  /** The open request that every attack of the file is after. */
  readonly asked: Asked;
  /** For the attack that begins with a decision of somebody who may make it: what must be true in the end. */
  expect(outcome: Expected): void;
  /** Alex's press of Approve, as Teams would deliver it. */
  press(verb?: string, from?: Person, where?: Conversation): Activity;
  /** A typed command that would make a request. */
  command(text?: string): Activity;
  /** Delivers with a token that fits the activity's service URL, unless told otherwise. */
  send(activity: Activity | string, options?: DeliverOptions): Promise<Delivered>;
  /** Delivered, it is refused with one of these, and says nothing of the inside. */
  refused(
    activity: Activity | string,
    statuses: readonly number[],
    options?: DeliverOptions,
  ): Promise<Delivered>;
}

/** What must be true of the target after an attack. */
interface Expected {
  readonly label: Label;
  readonly submissions: number;
  /** Made by the test itself beside the target. */
  readonly requests?: number;
}

const untouched: Expected = { label: 'Awaiting approval', submissions: 0 };

/** One open request and an approver who is signed in: whatever gets through would show on the card or at Defender. */
export function setTarget(options?: StageOptions): Target {
  let asked: Asked | undefined;
  let expected = untouched;
  const target = (): Asked => asked ?? assert.fail('The target is there only while tests run.');
  // Before the stage's own clean-up, which brings the request to its end and empties Defender: hooks run in their order here.
  afterEach('the target is as it should be', async () => {
    await assertUnharmed(stage, target(), expected);
  });
  const stage = setStage(options);
  beforeEach(async () => {
    expected = untouched;
    asked = await stage.ask({ reason: 'The target' });
  });

  const send: Target['send'] = (activity, options = {}) => stage.sandbox.teams.deliver(activity, options);
  return {
    stage,
    get asked() {
      return target();
    },
    repliesTo: ({ conversation }) => {
      const thread = asText(asObject(conversation)?.['id'])?.split(';messageid=')[1];
      const all = stage.sandbox.teams.messages.list(incident.id);
      return all
        .filter(({ from, threadId }) => from.isBot && threadId === thread)
        .map(({ text = '' }) => text);
    },
    expect: (outcome) => {
      expected = outcome;
    },
    press: (verb = 'approve', from = alex, where = incident) => {
      const { threadId, messageId, requestId } = target();
      return cardActivity(stage.sandbox.teams.origin(from, where, threadId), messageId, {
        verb,
        data: { requestId, comment: 'An attack' },
        trigger: 'manual',
      });
    },
    command: (text) => {
      const { teams, world } = stage.sandbox;
      const message = teams.messages.add({
        conversationId: incident.id,
        from: { id: riley.teamsId, name: riley.name, isBot: false },
        text: text ?? `/restrict ${world.device('ws-reception-02').id} Let me in`,
      });
      return messageActivity(teams.origin(riley, incident, message.threadId), message, true);
    },
    send,
    refused: async (activity, statuses, options) => {
      const delivered = await send(activity, options);
      assert.ok(statuses.includes(delivered.status ?? 0), `${delivered.status ?? 'no'} ${delivered.text}`);
      assert.ok(delivered.text.length < 300, 'an error body is short');
      assert.doesNotMatch(delivered.text, /\bat .*\.[jt]s\b|Error:|node_modules|jose|restify/i);
      return delivered;
    },
  };
}

/** By what the database says, not by the card, whose edit is still on its way when an attack has just succeeded. */
export async function assertUnharmed(
  stage: Stage,
  asked: Asked,
  { label, submissions, requests = 0 }: Expected = untouched,
): Promise<void> {
  const { bot } = stage.sandbox;
  assert.equal((await fetch(`${bot.url}/healthz`)).status, 200, 'the bot lives');
  const { type, value } = await stage.pressAnyway(onlooker, asked, 'refresh');
  assert.match(type, /card\.adaptive/, 'the card can be seen');
  assert.equal(cardLabel(asObject(value) ?? {}), label, 'the request is as it should be');
  assert.equal(stage.submissions(asked).length, submissions, 'Defender got what was decided');
  // Numbers count per tenant: whatever was asked for in between has one of those between.
  const next = await stage.ask({ by: onlooker, device: 'ws-design-044', reason: 'Afterwards' });
  assert.equal(numberOf(next), numberOf(asked) + 1 + requests, 'nothing was asked for');
}

function numberOf({ number }: Asked): number {
  return Number(number.slice(1));
}

/** The protocol's own code inside the 200 of a button press. */
export function codeOf({ body }: Delivered): number {
  return Number(body?.['statusCode']);
}
