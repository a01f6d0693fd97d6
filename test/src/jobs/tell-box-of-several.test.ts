import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { createTellBox } from '../../../src/jobs/tell-box.ts';
import { createBoxedBatch } from '../../support/boxed-batch.ts';
import { alex, sam } from '../../support/requests.ts';
import { type BoxBench, openBoxBench } from './box-bench.ts';

describe('the word of the time boxes of several devices', () => {
  let bench: BoxBench;
  before(async () => {
    bench = await openBoxBench();
  });
  after(() => bench.close());
  const play = createBoxedBatch(
    () => bench.requests,
    () => bench.time,
  );
  beforeEach(() => {
    bench.reset();
    play.begin();
  });

  const words = () => bench.chatSays.said.filter((said) => said.startsWith('box'));
  const look = (id: RequestId) => bench.handlers['time-box']({ requestId: id });
  async function tellAll(members: readonly ContainmentRequest[]): Promise<void> {
    for (const { id } of members) await bench.tellAll(id);
  }
  async function ended(seconds: readonly number[]) {
    const members = await play.restricted(seconds);
    await play.until(members[0] ?? assert.fail());
    for (const { id } of members) await look(id);
    return members;
  }
  async function voided(member: ContainmentRequest): Promise<ContainmentRequest> {
    const lift = await play.liftOf(member);
    const why = { code: 'sign-in-gone' } as const;
    await bench.requests.apply(lift.id, { kind: 'attempt-void', ...ofNoAttempt(lift.state), why });
    await bench.handlers['settle-lift']({ requestId: lift.id });
    return lift;
  }

  it('asks once before their end, of all that end in that moment', async () => {
    const members = await play.restricted([0, 20, 60, 3_600]);
    const [first, , , late] = members;
    assert.ok(first !== undefined && late !== undefined);
    await play.until(first);
    bench.time.ahead -= 600;
    for (const { id } of members) await look(id);
    await tellAll(members);
    await tellAll(members);
    const word = `box ending: #${first.number}`;
    assert.deepEqual(words(), [`${word} device 1, device 2, device 3`]);
    await play.until(late);
    bench.time.ahead -= 600;
    await look(late.id);
    await tellAll(members);
    assert.deepEqual(words().slice(1), [`${word} device 4`]);
  });

  it('names all whose lift waits for people by then, and later ones in a word of their own', async () => {
    const members = await ended([0, 20, 60]);
    const [first, second, third] = members;
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    for (const member of [first, second]) await voided(member);
    await tellAll(members);
    await voided(third);
    await tellAll(members);
    const word = `box wanted: #${first.number}`;
    assert.deepEqual(words(), [`${word} device 1, device 2`, `${word} device 3`]);
  });

  it('does not name what somebody has approved or lifted meanwhile', async () => {
    const members = await ended([0, 20, 60]);
    const lifts: ContainmentRequest[] = [];
    for (const member of members) lifts.push(await voided(member));
    const id = lifts[1]?.id ?? assert.fail();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: sam, clickId: 'clk' });
    await bench.requests.apply(id, { kind: 'approve-verified', clickId: 'clk', device: {} });
    await tellAll(members);
    assert.deepEqual(words(), [`box wanted: #${members[0]?.number} device 1, device 3`]);
  });

  it('calls more people once when nobody has decided for a quarter of an hour', async () => {
    const members = await ended([0, 20]);
    for (const member of members) await voided(member);
    bench.time.ahead += 901;
    for (const { id } of members) await look(id);
    await tellAll(members);
    const called = `box called: #${members[0]?.number} device 1, device 2`;
    assert.deepEqual(
      words().filter((word) => word.startsWith('box called')),
      [called],
    );
  });

  it('says once that what was to lift them came to nothing', async () => {
    const members = await ended([0, 20]);
    const lifts: ContainmentRequest[] = [];
    for (const member of members) lifts.push(await voided(member));
    const lead = lifts[0]?.id ?? assert.fail();
    await bench.requests.applyToAll(lead, () => ({ kind: 'deny-clicked', by: sam, comment: 'keep it' }));
    for (const { id } of lifts) await bench.handlers['settle-lift']({ requestId: id });
    await tellAll(members);
    assert.deepEqual(words(), [`box unlifted: #${members[0]?.number} device 1, device 2`]);
  });

  it('leaves the lifts of somebody who has left the conversation to people, each by itself', async () => {
    const members = await ended([0, 20]);
    const [first] = members;
    assert.ok(first !== undefined);
    await bench.departures.left(first.place.conversation, [alex.teamsId]);
    for (const member of members) {
      const lift = await play.liftOf(member);
      await bench.handlers.submit({ requestId: lift.id });
      await bench.handlers['settle-lift']({ requestId: lift.id });
    }
    assert.ok(!bench.defenderSays.calls.includes('submit'));
    await tellAll(members);
    assert.deepEqual(words(), [`box wanted: #${first.number} device 1, device 2`]);
  });

  it('is said once by two who have the job at the same moment', async () => {
    const members = await ended([0, 20]);
    const [first] = members;
    assert.ok(first !== undefined);
    await voided(first);
    const { outcomes } = bench;
    const news = bench.newsOf(first.id).at(-1) ?? assert.fail();
    const payload = { requestId: first.id, news: news.about, since: news.of };
    const late = createTellBox({
      ...bench,
      outcomes: {
        ...outcomes,
        begin: async (id) => {
          await bench.handlers['tell-box'](payload);
          return outcomes.begin(id);
        },
      },
    });
    await late(payload);
    assert.equal(words().length, 1);
  });
});
