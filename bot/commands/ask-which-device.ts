import type { Person } from '../../src/containment/person.ts';
import type { Place } from '../../src/containment/request.ts';
import type { FoundDevices } from '../../src/defender/device-search.ts';
import type { Machine } from '../../src/defender/schema.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import { renderAskCard } from '../render/ask-card.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { renderChooseDeviceCard } from '../render/choose-device-card.ts';
import * as texts from '../texts/devices.ts';
import type { RestrictionCommand } from './parsed-command.ts';

/** What the asker's own token shows under a name that does not mean one device for certain. */
export interface Unclear {
  readonly found: FoundDevices;
  readonly nearest: readonly Machine[];
}

interface Question {
  readonly asked: {
    readonly command: RestrictionCommand;
    readonly person: Person;
    readonly place: Place;
    readonly activityId: string;
  };
  readonly deviceName: string;
  readonly seen: Unclear;
}

/** A question to the asker alone: where others read along, by a button that shows them nothing of Defender. */
export async function askWhichDevice(
  { questions }: { readonly questions: Pick<PrivateQuestions, 'open'> },
  { asked, deviceName, seen }: Question,
): Promise<{ readonly card: AdaptiveCardJson; readonly summary: string }> {
  const { command, person, place, activityId } = asked;
  const { kind: action, reason, duration } = command;
  const box = duration === undefined ? {} : { box: duration };
  const questionId = await questions.open({
    question: { kind: 'device', action, deviceName, reason, ...box, place, sourceActivity: activityId },
    askedBy: person,
    place,
  });
  const isFound = seen.found.fit !== 'none';
  if (place.kind === 'personal') return directly(deviceName, seen, questionId);
  const wish = { action, name: deviceName, asker: person.name };
  const text = isFound ? texts.askedToChoose(wish) : texts.notFoundInPublic(wish);
  const title = isFound ? texts.chooseButton : texts.nearestButton;
  return { card: renderAskCard({ ...text, button: { title, questionId } }), summary: text.title };
}

function directly(name: string, { found, nearest }: Unclear, requestId: string) {
  const text =
    found.fit === 'none' ? texts.nearestText(name, nearest.length) : texts.candidatesText(name, found);
  const listed = found.fit === 'none' ? nearest : found.machines;
  const machines = found.isCut ? [] : listed;
  const button = texts.askButton;
  const card = renderChooseDeviceCard({ ...text, machines, requestId, verb: 'choose', button });
  return { card, summary: text.title };
}
