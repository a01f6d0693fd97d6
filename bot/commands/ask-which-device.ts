import type { Person } from '../../src/containment/person.ts';
import type { FoundDevices } from '../../src/defender/device-search.ts';
import type { Machine } from '../../src/defender/schema.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import type { DeviceQuestion, DevicesQuestion } from '../../src/store/question.ts';
import { renderAskCard } from '../render/ask-card.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import { renderChooseDeviceCard } from '../render/choose-device-card.ts';
import * as texts from '../texts/devices.ts';

/** What the asker's own token shows under a name that does not mean one device for certain. */
export interface Unclear {
  readonly found: FoundDevices;
  readonly nearest: readonly Machine[];
}

interface Asked {
  readonly question: DeviceQuestion | DevicesQuestion;
  readonly person: Person;
  /** Nobody but they reads the answer. */
  readonly isPrivate: boolean;
  readonly seen: Unclear;
}

/** A question to the asker alone: where others read along, by a button that shows them nothing of Defender. */
export async function askWhichDevice(
  { questions }: { readonly questions: Pick<PrivateQuestions, 'open'> },
  { question, person, isPrivate, seen }: Asked,
): Promise<{ readonly card: AdaptiveCardJson; readonly summary: string }> {
  const { action, deviceName, place } = question;
  const questionId = await questions.open({ question, askedBy: person, place });
  const isFound = seen.found.fit !== 'none';
  if (isPrivate) return chooseDirectly(question, seen, questionId);
  const several = question.kind === 'devices' ? question.devices.length : undefined;
  const wish = { action, name: deviceName, asker: person.name, several };
  const text = isFound ? texts.askedToChoose(wish) : texts.notFoundInPublic(wish);
  const title = isFound ? texts.chooseButton : texts.nearestButton;
  return { card: renderAskCard({ ...text, button: { title, questionId } }), summary: text.title };
}

/** For the asker's eyes only. */
export function chooseDirectly(
  { kind, deviceName: name }: DeviceQuestion | DevicesQuestion,
  { found, nearest }: Unclear,
  requestId: string,
) {
  const text =
    found.fit === 'none' ? texts.nearestText(name, nearest.length) : texts.candidatesText(name, found);
  const listed = found.fit === 'none' ? nearest : found.machines;
  const machines = found.isCut ? [] : listed;
  const button = kind === 'devices' ? texts.takeButton : texts.askButton;
  const card = renderChooseDeviceCard({ ...text, machines, requestId, verb: 'choose', button });
  return { card, summary: text.title };
}
