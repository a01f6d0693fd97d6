import assert from 'node:assert/strict';
import { steps } from '../../../src/platform/steps.ts';
import { asking } from '../../crash/plays/asking.ts';
import { deciding } from '../../crash/plays/deciding.ts';
import { executing } from '../../crash/plays/executing.ts';
import { running } from '../../crash/plays/running.ts';

describe('The named steps', () => {
  it('are each played by the crash tests', () => {
    const played = [asking, deciding, executing, running].flatMap((plays) => Object.keys(plays));

    assert.deepEqual(played.toSorted(), Object.keys(steps).toSorted());
  });
});
