import assert from 'node:assert/strict';
import { auditOf } from '../../../src/audit/of-event.ts';
import { decide } from '../../../src/containment/decide.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { aMachineAction, aRequest, alex, riley, sam } from '../../support/requests.ts';
import { requestStates } from '../../support/request-states.ts';

const now = '2026-11-23T03:17:20.000Z';

function recordOf(name: string, event: Event) {
  const request: ContainmentRequest = requestStates[name] ?? aRequest();
  return auditOf(event, request, decide(request, event, now));
}

describe('the audit record of an event', () => {
  it('of a person names them, what changed, and what they wrote', () => {
    const record = recordOf('awaiting', { kind: 'deny-clicked', by: sam, comment: 'a drill' });

    assert.deepEqual(record, {
      what: 'deny-clicked',
      who: { objectId: sam.objectId, name: sam.name },
      request: { id: aRequest().id, number: 12 },
      before: 'Awaiting approval',
      after: 'Denied',
      detail: { comment: 'a drill' },
    });
  });

  it('of a refused click says why', () => {
    const record = recordOf('awaiting', { kind: 'approve-clicked', by: riley, clickId: 'clk' });

    assert.deepEqual(record?.who, { objectId: riley.objectId, name: riley.name });
    assert.deepEqual(record.detail, { clickId: 'clk', refused: 'own-request' });
  });

  it('of a finished check names the person whose click it was', () => {
    const verified = recordOf('awaiting-click', { kind: 'approve-verified', clickId: 'click-1', device: {} });
    const refused = recordOf('awaiting-click', {
      kind: 'approve-refused',
      clickId: 'click-1',
      why: { code: 'not-permitted' },
      tell: true,
    });

    for (const record of [verified, refused]) {
      assert.deepEqual(record?.who, { objectId: alex.objectId, name: alex.name });
    }
  });

  it('of what nobody did names the program', () => {
    const machineAction = aMachineAction({ status: 'Succeeded' });

    assert.equal(recordOf('pending', { kind: 'action-observed', machineAction })?.who, 'cordon');
  });

  it('does not exist when nothing changed and nobody was refused', () => {
    const machineAction = aMachineAction({ status: 'Pending' });

    assert.equal(recordOf('awaiting', { kind: 'time-passed' }), undefined);
    assert.equal(recordOf('pending', { kind: 'action-observed', machineAction }), undefined);
  });
});
