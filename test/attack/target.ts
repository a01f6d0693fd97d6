import assert from 'node:assert/strict';
import { type Activity, cardActivity, messageActivity } from '../../sandbox/activities.ts';
import type { Delivered, DeliverOptions } from '../../sandbox/delivery.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import type { Asked } from '../e2e/play.ts';
import { type Stage, alex, incident, riley, setStage } from '../e2e/stage.ts';

export interface Target {
  readonly stage: Stage;
  /** The open request that every attack of the file is after. */
  readonly asked: Asked;
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

/** One open request and an approver who is signed in: whatever gets through would show on the card or at Defender. */
export function setTarget(): Target {
  const stage = setStage();
  let asked: Asked | undefined;
  const target = (): Asked => asked ?? assert.fail('The target is there only while tests run.');

  beforeEach(async () => {
    asked = await stage.ask({ reason: 'The target' });
  });
  afterEach(async () => {
    const { bot, teams } = stage.sandbox;
    assert.equal((await fetch(`${bot.url}/healthz`)).status, 200, 'the bot lives');
    assert.equal(stage.label(target()), 'Awaiting approval', 'the request is as it was');
    assert.equal(stage.submissions(target()).length, 0, 'nothing reached Defender');
    const made = teams.messages.list().filter(({ card }) => JSON.stringify(card ?? '').includes('Let me in'));
    assert.equal(made.length, 0, 'nothing was asked for');
  });

  const send: Target['send'] = (activity, options = {}) => stage.sandbox.teams.deliver(activity, options);
  return {
    stage,
    get asked() {
      return target();
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

/** The protocol's own code inside the 200 of a button press. */
export function codeOf({ body }: Delivered): number {
  return Number(body?.['statusCode']);
}
