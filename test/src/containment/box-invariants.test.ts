import assert from 'node:assert/strict';
import { hasComeToNothing, hasLifted } from '../../../src/containment/box-end.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { endWord } from '../../../src/containment/lift-word.ts';
import { isSamePerson } from '../../../src/containment/person.ts';
import { riley } from '../../support/requests.ts';
import { look, priya } from './box-model.ts';
import { alwaysInBoxes } from './box-moves.ts';

describe('whatever happens to a time box in whatever order', () => {
  it('a lift is made only at the end of the box or by a release, and never for the requestor’s own word', () => {
    alwaysInBoxes((_before, { made }) => {
      for (const { event, before, approval } of made) {
        const box = boxInForce(before) ?? assert.fail('a lift without a box in force');
        assert.ok(!isSamePerson(approval.by, riley));
        if (event.kind === 'box-ended') {
          const { appliedAt: _whenever, press, ...given } = approval;
          assert.equal(press, before.batch && endWord(box), 'the same for all that end in that moment');
          assert.deepEqual(given, { by: box.authorisedBy, at: box.until, inAdvance: true });
        } else {
          assert.ok(event.kind === 'wish-verified' && event.wish === 'release');
          assert.deepEqual(approval.by, box.wishes.find(({ id }) => id === event.clickId)?.by);
          assert.equal(approval.press, before.batch && event.clickId);
        }
      }
    });
  });

  it('there is at most one open lift, and at most one that Defender carried out', () => {
    alwaysInBoxes((_before, { lifts }) => {
      const open = lifts.filter(({ state }) => !hasComeToNothing(state) && !hasLifted(state));
      assert.ok(open.length <= 1);
      assert.ok(lifts.filter(({ state }) => hasLifted(state)).length <= 1);
    });
  });

  it('a lift is sent under nobody’s word but that of the end’s authority, the releaser, or who approved it', () => {
    alwaysInBoxes((_before, { submitted, made }) => {
      for (const { approval } of submitted) {
        const isGiven = made.some(({ approval: given }) => isSamePerson(given.by, approval.by));
        assert.ok(isGiven || approval.inAdvance === true || isSamePerson(approval.by, priya));
        assert.ok(!isSamePerson(approval.by, riley));
      }
    });
  });

  it('what else restricts the device is lifted by nobody who has not read of it', () => {
    alwaysInBoxes((_before, { submitted }) => {
      for (const { lift, approval, others } of submitted) {
        if (lift.lifts === undefined || others.length === 0) continue;
        const { at, others: shown } = lift.alsoRestricted ?? assert.fail('nobody was told');
        assert.ok(approval.inAdvance !== true && at < approval.at);
        for (const { key } of others) assert.ok(shown.some((one) => one.key === key));
      }
    });
  });

  it('once its end has come, a lift is under way or somebody is asked, until it is lifted', () => {
    alwaysInBoxes((_before, world) => {
      look(world);
      const box = boxInForce(world.restriction);
      if (box === undefined || box.until > world.now) return;
      if (box.ended !== true) {
        assert.ok(box.wishes.some(({ verb }) => verb === 'extend'));
        return;
      }
      const status = world.lifts.find(({ id }) => id === box.lift?.id)?.state.status;
      if (['approved', 'submitting', 'running'].includes(status ?? '')) return;
      const asked = box.lift === undefined ? `unlifted ${box.failed?.at}` : `wanted ${box.lift.awaitedSince}`;
      assert.ok(world.told.has(asked), `${status} ${JSON.stringify(box)}`);
    });
  });

  it('the approval of an end is put on one lift at most', () => {
    alwaysInBoxes((_before, { borne }) => {
      assert.equal(new Set(borne).size, borne.length);
    });
  });

  it('the restriction stays Succeeded, its end never moves backwards, and a release is for ever', () => {
    alwaysInBoxes((before, { restriction }) => {
      assert.deepEqual(restriction.state, before.state);
      const [earlier, now] = [before.box?.running, restriction.box?.running];
      assert.ok(earlier !== undefined && now !== undefined && now.until >= earlier.until);
      if (before.released !== undefined) assert.deepEqual(restriction, before);
    });
  });

  it('its end is never before what was approved, and at most a twelfth later', () => {
    alwaysInBoxes((_before, { restriction }) => {
      const { since, until, duration, extended } = restriction.box?.running ?? assert.fail();
      const asked = Date.parse(extended?.at ?? since) + duration.seconds * 1_000;
      const late = Date.parse(until) - asked;
      assert.ok(late >= 0 && late <= (restriction.batch === undefined ? 0 : (duration.seconds * 1_000) / 12));
    });
  });

  it('nothing that is due is left: after a look nothing more is due at that moment', () => {
    alwaysInBoxes((_before, world) => {
      look(world);
      const settled = world.restriction;
      look(world);
      assert.equal(world.restriction, settled);
    });
  });
});
