import assert from 'node:assert/strict';
import type { Activity } from '../../sandbox/activities.ts';
import { cardActivity, messageActivity } from '../../sandbox/activities.ts';
import type { Person } from '../../sandbox/world.ts';
import type { Asked } from './play.ts';
import { alex, incident, priya, riley, setStage } from './stage.ts';

describe('Whoever presses or types', () => {
  const stage = setStage();

  function pressOf(person: Person, asked: Asked, verb: string, comment = ''): Activity {
    const { teams } = stage.sandbox;
    return cardActivity(teams.origin(person, incident, asked.threadId), asked.messageId, {
      verb,
      data: { requestId: asked.requestId, comment },
      trigger: 'manual',
    });
  }

  async function answered(activity: Activity): Promise<string> {
    const { status, text, body } = await stage.sandbox.teams.deliver(activity);
    assert.equal(status, 200);
    assert.notEqual(body?.['statusCode'], 500);
    return text;
  }

  it('cannot approve the own request by another spelling of the own id', async () => {
    const asked = await stage.ask({ by: alex });
    const press = pressOf(alex, asked, 'approve');
    const from = { id: alex.teamsId, name: 'Somebody Else', aadObjectId: alex.objectId.toUpperCase() };
    assert.match(await answered({ ...press, from }), /your own request/);
    assert.match(await answered({ ...pressOf(alex, asked, 'deny', 'no'), from }), /your own request/);
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  it('counts by the Entra id that Teams gives, with which the sign-in must agree', async () => {
    const asked = await stage.ask();
    // Alex's chat id and sign-in under Priya's Entra id, and the other way round.
    for (const [chat, entra] of [
      [alex, priya],
      [priya, alex],
    ] as const) {
      const from = { id: chat.teamsId, name: chat.name, aadObjectId: entra.objectId };
      assert.match(await answered({ ...pressOf(chat, asked, 'approve'), from }), /another account/);
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('without an Entra id decides nothing', async () => {
    const asked = await stage.ask();
    for (const verb of ['approve', 'deny', 'cancel']) {
      for (const aadObjectId of [undefined, '', 7]) {
        const from = { id: alex.teamsId, name: alex.name, aadObjectId };
        assert.match(
          await answered({ ...pressOf(alex, asked, verb, 'x'), from }),
          /did not tell me who you are/,
        );
      }
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  it('cannot speak through a name: no link, no mention, no label, no number', async () => {
    const { teams } = stage.sandbox;
    const asked = await stage.ask({ by: riley });
    const name = '#7 [all](http://evil.example) <at>everyone</at> **Succeeded**\nSucceeded';
    const from = { id: priya.teamsId, name, aadObjectId: priya.objectId };
    await answered({ ...pressOf(priya, asked, 'deny', 'Succeeded'), from });
    await stage.until(asked, /^Denied$/m);
    assert.equal(/#\d+/.exec(stage.text(asked))?.[0], asked.number);
    assert.equal(stage.label(asked), 'Denied');
    const { text = '', mentions = [] } = await stage.outcome(asked, /Denied/);
    assert.deepEqual(
      mentions.map(({ id }) => id),
      [riley.teamsId],
    );
    assert.doesNotMatch(text, /\]\(http|<at>everyone|\*\*Succeeded/);
    assert.equal(
      teams.messages.list(incident.id).some(({ text: any = '' }) => any.includes('<at>everyone')),
      false,
    );
  });

  it('with a body nested thousands deep gets an answer, and changes nothing', async () => {
    const { channel, teams } = stage.sandbox;
    const asked = await stage.ask();
    const token = await channel.sign(teams.serviceUrl);
    const nest = `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`;
    const press = JSON.stringify(pressOf(alex, asked, 'approve')).replace(
      '"comment":""',
      `"comment":${nest}`,
    );
    const pressed = await teams.deliver(press, { token });
    assert.equal(pressed.status, 200);
    assert.equal(pressed.body?.['statusCode'], 400);
    const message = teams.messages.add({
      conversationId: incident.id,
      from: { id: alex.teamsId, name: alex.name, isBot: false },
      text: '/nonsense',
    });
    const typed = messageActivity(teams.origin(alex, incident, message.threadId), message, true);
    const deep = JSON.stringify({ ...typed, entities: ['deep'] }).replace('"deep"', nest);
    assert.equal((await teams.deliver(deep, { token })).status, 200);
    assert.equal(stage.label(asked), 'Awaiting approval');
  });
});
