import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Passage, passed, steps, traceSteps } from '../../../src/platform/steps.ts';
import { asking } from '../../crash/plays/asking.ts';
import { boxes } from '../../crash/plays/boxes.ts';
import { deciding } from '../../crash/plays/deciding.ts';
import { drift } from '../../crash/plays/drift.ts';
import { executing } from '../../crash/plays/executing.ts';
import { running } from '../../crash/plays/running.ts';

describe('The named steps', () => {
  it('are each played by the crash tests', () => {
    const played = [asking, boxes, deciding, drift, executing, running].flatMap((plays) =>
      Object.keys(plays),
    );

    assert.deepEqual(played.toSorted(), Object.keys(steps).toSorted());
  });

  it('are told to whoever listens, and to nobody else', () => {
    const heard: unknown[] = [];
    const listen = (message: unknown) => heard.push(message);

    passed('card-sent', 'req_early');
    subscribe('cordon:step', listen);
    passed('card-sent', 'req_1');
    passed('sweep-taken');
    unsubscribe('cordon:step', listen);
    passed('card-sent', 'req_late');

    const expected: Passage[] = [
      { step: 'card-sent', requestId: 'req_1' },
      { step: 'sweep-taken', requestId: undefined },
    ];
    assert.deepEqual(heard, expected);
  });

  it('are a line each in the log of whoever traces them', () => {
    const lines: unknown[] = [];
    const nothing = () => undefined;
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

    const stop = traceSteps({ ...log, trace: (fields, message) => lines.push([message, fields]) });
    passed('outcome-told', 'req_1');
    stop();
    passed('outcome-told', 'req_2');

    assert.deepEqual(lines, [['passed a step', { step: 'outcome-told', requestId: 'req_1' }]]);
  });
});
