import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { labelOf } from '../../../src/containment/state.ts';
import type { Chat } from '../../../src/jobs/ports.ts';

export type FakeChat = ReturnType<typeof fakeChat>;

/** Remembers what people would have read. `before` runs before each message and may fail it or change the world. */
export function fakeChat() {
  const said: string[] = [];
  const script: { before: (what: string) => void | Promise<void>; reachable: boolean } = {
    before: () => undefined,
    reachable: true,
  };
  const say = async (what: string): Promise<void> => {
    await script.before(what);
    said.push(what);
  };
  /** What a picture depends on; a test may make two states look alike. */
  const looks = { pictureOf: (request: ContainmentRequest): string => String(request.revision) };
  const cardOf = (request: ContainmentRequest) => `${labelOf(request.state)} r${request.revision}`;
  let replacements = 0;
  const chat: Chat = {
    picture: (request) => looks.pictureOf(request),
    sendCard: async (request, { replacesDeleted }) => {
      await say(`${replacesDeleted ? 'replacement' : 'card'}: ${cardOf(request)}`);
      if (replacesDeleted) replacements += 1;
      return `activity-of-${request.id}${replacesDeleted ? `-${replacements}` : ''}`;
    },
    updateCard: (request, _look, _activityId, why) =>
      say(`edit: ${cardOf(request)}${why === 'press' ? ', for a press' : ''}`),
    tellThread: (request) => say(`thread: ${labelOf(request.state)}`),
    tellBox: (request, news, members) =>
      say(`box ${news}: #${request.number}${request.members === undefined ? '' : ` ${devicesOf(members)}`}`),
    tellElsewhere: (request, news) => {
      const ofEach = news.map(({ changes, stands: { later } }) => {
        const became = changes.map((change) => change.became).join(', ');
        return `${became}: #${request.number}${later === undefined ? '' : `, later ${later}`}`;
      });
      return say(`elsewhere ${ofEach.join('; ')}`);
    },
    tellPerson: async (_request, person, note) => {
      await say(`${person.name}: ${note.why.code}`);
      return script.reachable;
    },
  };
  return { chat, said, script, looks };
}

function devicesOf(members: readonly ContainmentRequest[]): string {
  return members.map(({ batch }) => `device ${batch?.place}`).join(', ');
}
