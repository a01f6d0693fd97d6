import assert from 'node:assert/strict';
import { type InvokeAnswer, loginAnswer } from '../../../bot/answers.ts';
import { dispatchCardAction } from '../../../bot/card-actions/dispatch.ts';
import { type Reply, answerMessage } from '../../../bot/commands/answer-message.ts';
import type { SignInOutcome } from '../../../bot/sign-in.ts';
import { tenantChain } from '../../../src/audit/chain.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest, Place } from '../../../src/containment/request.ts';
import { commandStores } from '../../support/command-stores.ts';
import type { NewRequest } from '../../../src/store/create-request.ts';
import { ofType, textsOf, verbsOf } from '../../support/card-parts.ts';
import { aNewRequest } from '../../support/new-requests.ts';
import { aPerson, alex, riley, sam } from '../../support/requests.ts';
import { anApprovedRequest, anAwaitingRequest } from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from '../../src/jobs/workbench.ts';
import { pressParts } from '../card-actions/press.ts';

const login = loginAnswer({
  text: 'Sign in',
  buttonTitle: 'Sign in',
  connectionName: 'cordon',
  resource: { signInLink: 'https://sign-in.example' },
});
const stranger = aPerson('Eve Stone', { tenantId: '00000000-0000-4000-8000-000000000009' });

describe('decisions in words', () => {
  let bench: Workbench;
  let stores: ReturnType<typeof commandStores>;
  let signIn: SignInOutcome;
  before(async () => {
    bench = await openWorkbench();
    stores = commandStores(bench);
  });
  after(() => bench.close());
  beforeEach(() => {
    signIn = { kind: 'verified' };
    bench.time.ahead = 0;
    bench.access.reset();
    bench.defenderSays.reset();
  });

  const privateAnswers = () => ({
    ...bench.parts,
    userTokens: { getUserToken: () => Promise.resolve(undefined), dropUserToken: () => Promise.resolve() },
    approvedWork: () => Promise.resolve({ unsent: 0, followed: 0, boxes: 0 }),
  });
  const activityOf = (person: Person, { thread }: Place) => ({
    id: '17',
    type: 'message',
    serviceUrl: 'https://smba.example/',
    from: { id: person.teamsId },
    conversation: { id: thread, conversationType: 'channel' },
    recipient: { id: '28:cordon' },
  });

  function type(person: Person, place: Place, text: string): Promise<Reply | undefined> {
    const activity = activityOf(person, place);
    const parts = {
      ...bench.parts,
      ...stores,
      privateAnswers: privateAnswers(),
      portalUrl: 'https://security.microsoft.com',
      expirySeconds: 60,
    };
    return answerMessage(parts, { raw: { ...activity, text }, activity, person, place, alone: undefined });
  }

  function press(person: Person, place: Place, requestId: unknown, verb = 'choose'): Promise<InvokeAnswer> {
    const parts = {
      ...bench.parts,
      ...pressParts,
      questions: stores.questions,
      privateAnswers: privateAnswers(),
      signIn: () => Promise.resolve(signIn),
    };
    const value = { action: { type: 'Action.Execute', verb, data: { requestId } } };
    const activity = { ...activityOf(person, place), type: 'invoke', value };
    return dispatchCardAction(parts, { activity, person, arrivedAt: performance.now() });
  }

  const awaiting = (given: Partial<NewRequest> = {}) =>
    anAwaitingRequest(bench.requests, { tenantId: alex.tenantId, ...given });
  const stateOf = async ({ id }: ContainmentRequest) => (await bench.reread(id)).state;
  const recordsOf = async (chain: string, what: string) =>
    (await bench.audited(chain))
      .filter((record) => record['what'] === what)
      .map(({ who, detail }) => ({ who: (who as { name: string }).name, detail }));

  /** The id that the one button of the answer carries. */
  function questionIn(reply: Reply | undefined): unknown {
    assert.ok(reply !== undefined && 'card' in reply, words(reply));
    assert.deepEqual(verbsOf(reply.card), ['choose']);
    return (ofType(reply.card, 'Action.Execute')[0]?.['data'] as { requestId: unknown }).requestId;
  }

  describe('deny', () => {
    it('at once, as the button does, and say nothing where the card says it', async () => {
      const request = await awaiting();

      assert.equal(await type(sam, request.place, `/deny #${request.number} Backup server`), undefined);

      const state = await stateOf(request);
      assert.ok(state.status === 'denied' && state.comment === 'Backup server');
      assert.equal(state.by.objectId, sam.objectId);
      assert.deepEqual(
        bench
          .effectsOf(request.id)
          .slice(-2)
          .map(({ kind }) => kind),
        ['sync-card', 'notify'],
      );
      assert.deepEqual(await recordsOf(request.id, 'deny-clicked'), [
        { who: sam.name, detail: { comment: 'Backup server' } },
      ]);
    });

    it('from another thread of the conversation, and say there that it is done', async () => {
      const request = await awaiting();
      const elsewhere = { ...request.place, thread: `${request.place.conversation};messageid=2` };

      const reply = await type(sam, elsewhere, `/deny ${request.number} No`);

      assert.match(
        words(reply),
        new RegExp(`^#${request.number} is denied\\. Its card is in another thread`),
      );
    });

    it('once, however often the message is delivered', async () => {
      const request = await awaiting();
      const text = `/deny #${request.number} No`;

      const replies = [await type(sam, request.place, text), await type(sam, request.place, text)];

      assert.deepEqual(replies, [undefined, undefined]);
      assert.equal(bench.effectsOf(request.id).filter(({ kind }) => kind === 'notify').length, 1);
    });

    it('nothing that the button would refuse, in the same words and with the same record', async () => {
      const open = await awaiting();
      const approved = await anApprovedRequest(bench.requests, { tenantId: alex.tenantId });

      const own = await type(riley, open.place, `/deny #${open.number} No`);
      const late = await type(sam, approved.place, `/deny #${approved.number} No`);

      assert.match(words(own), /your own request, so you cannot deny it.*\/cancel #/);
      assert.match(words(late), /decided already, its status is “Approved”/);
      assert.equal((await stateOf(open)).status, 'awaiting');
      assert.deepEqual(await recordsOf(approved.id, 'deny-clicked'), [
        { who: sam.name, detail: { comment: 'No', refused: 'already-decided' } },
      ]);
    });

    it('nothing after its time, which ends then', async () => {
      const request = await awaiting({ expirySeconds: 60 });
      bench.time.ahead = 61;

      assert.match(words(await type(sam, request.place, `/deny #${request.number} No`)), /has expired/);

      assert.equal((await stateOf(request)).status, 'expired');
    });
  });

  describe('approve', () => {
    it('by one button, which names what is approved and holds no more than its own id', async () => {
      const request = await awaiting({ reason: 'Beacon **seen**' });

      const reply = await type(alex, request.place, `/approve #${request.number} Agreed`);

      assert.match(String(questionIn(reply)), /^ask_[\w-]{22}$/);
      assert.match(
        words(reply),
        new RegExp(
          `^Approve #${request.number}\\?\\nRestrict app execution: ${request.deviceId}, asked by Riley Chen\\.\\nReason: Beacon \\*\\*seen\\*\\*\\nAlex Moreno sent`,
        ),
      );
      assert.deepEqual(await stateOf(request), { status: 'awaiting', clicks: [] });
    });

    it('by the press of the asker, with the comment, as the button of the card does', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number} Agreed`));

      const answer = await press(alex, request.place, asked);

      assert.match(said(answer), /Approved\. Cordon now hands the action to Defender with your rights/);
      assert.match(said(answer), /When you pressed, the status of #\d+ was “Approved”/);
      assert.deepEqual(verbsOf({ body: answer.value }), [], 'the answer is no copy of the request’s card');
      const state = await stateOf(request);
      assert.ok(state.status === 'approved' && state.approval.comment === 'Agreed');
      assert.equal(state.approval.by.objectId, alex.objectId);
      assert.deepEqual(bench.defenderSays.tokens, [`token-of-${alex.objectId}`]);
      assert.equal((await recordsOf(request.id, 'approve-clicked')).length, 1);
    });

    it('after the sign-in, for which the button is pressed again', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));
      signIn = { kind: 'answer', answer: login, refused: false };
      assert.equal(await press(alex, request.place, asked), login);
      assert.equal((await stateOf(request)).status, 'awaiting');

      signIn = { kind: 'verified' };
      await press(alex, request.place, asked);

      assert.equal((await stateOf(request)).status, 'approved');
    });

    it('under nobody else’s press, which is recorded', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));

      const answer = await press(sam, request.place, asked);

      assert.match(said(answer), /approves for nobody but them.*press Approve on the card of #\d+, or send/);
      assert.equal((await stateOf(request)).status, 'awaiting');
      assert.deepEqual((await recordsOf(tenantChain(alex.tenantId), 'choose-clicked')).at(-1), {
        who: sam.name,
        detail: { refused: 'not-the-asker', conversation: request.place.thread },
      });
    });

    it('not where Defender refuses: the reason is the presser’s alone, and the button stays', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));
      bench.access.fails(alex, { kind: 'account-unusable', aadsts: '50057' });

      const answer = await press(alex, request.place, asked);

      assert.equal(answer.type, 'application/vnd.microsoft.activity.message');
      assert.match(said(answer), /Your approval of #\d+ did not hold: your account is disabled/);
      assert.equal((await stateOf(request)).status, 'awaiting');
    });

    it('not what was decided between the command and the press, and say what became of it', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));
      await type(sam, request.place, `/deny #${request.number} Backup server`);

      const answer = await press(alex, request.place, asked);

      assert.match(said(answer), /decided already, its status is “Denied”/);
      assert.deepEqual(verbsOf({ body: answer.value }), []);
      assert.deepEqual(await recordsOf(request.id, 'approve-clicked'), [
        { who: alex.name, detail: { refused: 'already-decided' } },
      ]);
    });

    it('not by a button that is an hour old', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));
      bench.time.ahead = 3_601;

      assert.match(said(await press(alex, request.place, asked)), /one hour.*send \/approve #\d+ again/);

      assert.equal((await stateOf(request)).status, 'awaiting');
    });

    it('not by the question’s id under the verb of the card', async () => {
      const request = await awaiting();
      const asked = questionIn(await type(alex, request.place, `/approve #${request.number}`));

      assert.equal((await press(alex, request.place, asked, 'approve')).statusCode, 400);
      assert.equal((await press(alex, request.place, request.id, 'choose')).statusCode, 400);

      assert.equal((await stateOf(request)).status, 'awaiting');
    });

    const hopeless: Readonly<Record<string, readonly [Person, () => Promise<ContainmentRequest>, RegExp]>> = {
      'own-request': [riley, () => awaiting(), /your own request/],
      'nobody-here': [
        alex,
        () => awaiting({ place: aPlace('personal') }),
        /Nobody can approve #\d+ in this chat/,
      ],
      'already-decided': [
        sam,
        () => anApprovedRequest(bench.requests, { tenantId: alex.tenantId }),
        /decided already, its status is “Approved”/,
      ],
      'already-approved-by-you': [
        alex,
        () => anApprovedRequest(bench.requests, { tenantId: alex.tenantId }),
        /You have approved #\d+ already/,
      ],
      expired: [alex, () => awaiting({ expirySeconds: -1 }), /has expired/],
    };
    for (const [code, [person, make, says]] of Object.entries(hopeless)) {
      it(`not what obviously cannot count, which is said at once and recorded: ${code}`, async () => {
        const request = await make();

        const reply = await type(person, request.place, `/approve #${request.number} Agreed`);

        assert.match(words(reply), says);
        assert.deepEqual(await recordsOf(request.id, 'approve-typed'), [
          { who: person.name, detail: { refused: code } },
        ]);
        if (code === 'expired') assert.equal((await stateOf(request)).status, 'expired');
      });
    }

    it('privately where the rights are being checked already', async () => {
      const request = await awaiting();
      await bench.requests.apply(request.id, { kind: 'approve-clicked', by: alex, clickId: 'clk_first' });

      const reply = await type(alex, request.place, `/approve #${request.number}`);

      assert.match(
        said(await press(alex, request.place, questionIn(reply))),
        /^Recorded\. Defender is checking/,
      );
    });
  });

  for (const command of ['approve', 'deny'] as const) {
    it(`know no number but those of this conversation and tenant: /${command}`, async () => {
      const request = await awaiting();
      const foreign = await awaiting({ place: aPlace('channel') });
      const abroad = await awaiting({ tenantId: stranger.tenantId });
      const text = (number: number) => `/${command} #${number} Agreed`;
      const unknown = 99_999;

      const replies = [
        await type(alex, request.place, text(unknown)),
        await type(alex, request.place, text(foreign.number)),
        await type(stranger, request.place, text(request.number)),
        await type(alex, abroad.place, text(abroad.number)),
        await type(alex, aPlace('channel'), text(request.number)),
      ].map(words);

      for (const reply of replies)
        assert.match(reply, /^There is no request #\d+ in this conversation, so nothing was changed\.$/);
      for (const one of [request, foreign, abroad])
        assert.deepEqual(await stateOf(one), { status: 'awaiting', clicks: [] });
      const records = await recordsOf(tenantChain(alex.tenantId), `${command}-typed`);
      assert.deepEqual(
        records.map(({ detail }) => (detail as { refused: string; number: number }).number),
        [unknown, foreign.number, abroad.number, request.number],
      );
    });
  }
});

function aPlace(kind: Place['kind']): Place {
  return { ...aNewRequest().place, kind };
}

function words(reply: Reply | undefined): string {
  if (reply === undefined) return '';
  return 'text' in reply ? reply.text : textsOf(reply.card).join('\n');
}

/** What the presser reads: a sentence, or the texts of a card. */
function said({ value }: InvokeAnswer): string {
  return typeof value === 'string' ? value : textsOf({ body: value }).join('\n');
}
