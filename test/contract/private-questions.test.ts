import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newQuestionId, newRequestId } from '../../src/platform/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { type PrivateQuestions, createPrivateQuestions } from '../../src/store/private-questions.ts';
import type { Question } from '../../src/store/question.ts';
import { alex } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`questions that only their asker is answered, on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let questions: PrivateQuestions;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      questions = createPrivateQuestions(stores);
    });
    after(() => database.close());
    beforeEach(() => {
      stores.time.ahead = 0;
    });

    const here = { conversation: '19:a@thread.tacv2', tenantId: alex.tenantId };
    const ask = (question: Question) =>
      questions.open({
        question,
        askedBy: alex,
        place: { ...here, thread: `${here.conversation};messageid=1` },
      });

    for (const question of [
      { kind: 'whoami' },
      { kind: 'signout' },
      { kind: 'approve', requestId: newRequestId(), requestNumber: 12, comment: 'Agreed 👍 “now”' },
      { kind: 'approve', requestId: newRequestId(), requestNumber: 999_999_999, comment: '' },
    ] as const) {
      it(`are found as they were asked: ${JSON.stringify(question).slice(0, 40)}`, async () => {
        const id = await ask(question);

        assert.deepEqual(await questions.find(id, here), { question, askedBy: alex, isExpired: false });
      });
    }

    it('with a time bear a kind of their own, which an older program leaves alone', async () => {
      const plain = {
        kind: 'device',
        action: 'restrict',
        deviceName: 'ws-finance-017',
        reason: 'Beacon seen',
        place: { ...here, thread: `${here.conversation};messageid=1`, kind: 'channel' },
        sourceActivity: '1',
      } as const;
      const boxed = { ...plain, box: { text: '4h', seconds: 14_400 } } as const;
      const kinds = new Map<string, string>();
      for (const question of [plain, boxed]) {
        const id = await ask(question);
        assert.deepEqual((await questions.find(id, here))?.question, question);
        const row = await database.sql
          .selectFrom('private_questions')
          .select('kind')
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        kinds.set('box' in question ? 'boxed' : 'plain', row.kind);
      }
      assert.deepEqual(Object.fromEntries(kinds), { plain: 'device', boxed: 'device-for-a-time' });
    });

    it('are found nowhere but where they were asked', async () => {
      const id = await ask({ kind: 'whoami' });

      assert.equal(await questions.find(id, { ...here, conversation: '19:b@thread.tacv2' }), undefined);
      assert.equal(await questions.find(id, { ...here, tenantId: randomUUID() }), undefined);
      assert.equal(await questions.find(newQuestionId(), here), undefined);
    });

    it('are late after an hour, and gone a day later', async () => {
      const id = await ask({ kind: 'signout' });

      stores.time.ahead = 3_601;
      await questions.prune();
      assert.equal((await questions.find(id, here))?.isExpired, true);

      stores.time.ahead = 25 * 3_600 + 60;
      await questions.prune();
      assert.equal(await questions.find(id, here), undefined);
    });

    it('of a newer program are not known here, and those of an older one are', async () => {
      const [newer, odd, older] = [
        await ask({ kind: 'whoami' }),
        await ask({ kind: 'whoami' }),
        await ask({ kind: 'whoami' }),
      ];
      const change = (id: string, kind: string) =>
        database.sql
          .updateTable('private_questions')
          .set({ kind, about: null })
          .where('id', '=', id)
          .execute();
      await change(newer, 'choose-a-device');
      await change(odd, 'approve');
      await change(older, 'signout');

      assert.equal(await questions.find(newer, here), undefined);
      assert.equal(await questions.find(odd, here), undefined);
      assert.deepEqual((await questions.find(older, here))?.question, { kind: 'signout' });
    });
  });
}
