import assert from 'node:assert/strict';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import { parseDuration } from '../../src/containment/duration.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { RunningBox } from '../../src/containment/time-box.ts';
import type { NewBatch } from '../../src/store/create-batch.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { createBatchPlay, idOf } from './batch-play.ts';
import type { ShiftedClock } from './shifted-clock.ts';

export const box = parseDuration('4h') ?? assert.fail();

const step = 300;

/** Several devices that were restricted together for four hours. */
export function createBoxedBatch(requests: () => RequestStore, time: () => Pick<ShiftedClock, 'ahead'>) {
  const play = createBatchPlay(requests);
  const reread = async (id: RequestId) => (await requests().byId(id)) ?? assert.fail('gone');
  const boxOf = async ({ id }: { readonly id: RequestId }): Promise<RunningBox> =>
    boxInForce(await reread(id)) ?? assert.fail('no box in force');

  /** The clock is shortly behind a full step, so that seconds do not matter by chance. */
  function begin(): void {
    time().ahead = step - ((Date.now() / 1_000) % step) + 10;
  }

  /** Confirmed one after the other, each so many seconds after the approval. */
  async function restricted(
    secondsOf: readonly number[],
    from = 0,
    given: Partial<NewBatch> = {},
  ): Promise<readonly ContainmentRequest[]> {
    const { id } = await play.asked(
      secondsOf.map((_, index) => ({ deviceId: idOf(from + index) })),
      { box, ...given },
    );
    const start = time().ahead;
    await play.press(id, 'clk-approve');
    const members: ContainmentRequest[] = [];
    for (const [at, seconds] of secondsOf.entries()) {
      const member = await play.memberAt(id, at);
      await play.verify(member.id, 'clk-approve');
      time().ahead = start + seconds;
      await play.succeed(member.id);
      members.push(await reread(member.id));
    }
    return members;
  }

  /** The clock stands at the end of this box. */
  async function until(member: ContainmentRequest): Promise<void> {
    time().ahead = (Date.parse((await boxOf(member)).until) - Date.now()) / 1_000 + 1;
  }

  const liftOf = async (member: ContainmentRequest): Promise<ContainmentRequest> =>
    reread((await boxOf(member)).lift?.id ?? assert.fail('no lift'));

  return { ...play, deviceAt: idOf, begin, restricted, until, reread, boxOf, liftOf };
}
