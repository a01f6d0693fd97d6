import type { RequestId } from '../../src/containment/ids.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { nameText } from './device-name-text.ts';
import { markdownSafeText } from './untrusted.ts';

/** What each device of a card is called, in its row and in the choice. */
export interface NamesApart {
  readonly inRow: (member: ContainmentRequest) => string;
  /** Clients read the title of a choice as Markdown. */
  readonly inChoice: (member: ContainmentRequest) => string;
}

/** Several records may bear one name, or look so as far as there is room for it: then the end of the id tells them apart. */
export function namesApart(members: readonly ContainmentRequest[], limit: number): NamesApart {
  const titles = new Map(members.map((member) => [member.id, titleOf(member, limit).toLowerCase()]));
  const counts = Map.groupBy(titles.values(), (title) => title);
  const isAlone = (id: RequestId): boolean => counts.get(titles.get(id) ?? '')?.length === 1;
  const called =
    (text: (member: ContainmentRequest, limit: number) => string) =>
    (member: ContainmentRequest): string => {
      if (!hasDevice(member) || isAlone(member.id)) return text(member, limit);
      const end = ` …${member.deviceId.slice(-shownDigits)}`;
      return `${text(member, limit - end.length)}${end}`;
    };
  return { inRow: called(nameText), inChoice: called(titleOf) };
}

const shownDigits = 8;

function titleOf(member: ContainmentRequest, limit: number): string {
  return nameText(member, limit)
    .split(/(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/u)
    .map((part) => markdownSafeText(part, limit))
    .join('_')
    .slice(0, limit);
}
