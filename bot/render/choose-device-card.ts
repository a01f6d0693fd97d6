import template from '../../cards/choose-device.json' with { type: 'json' };
import { parseDeviceId } from '../../src/containment/ids.ts';
import type { Machine } from '../../src/defender/schema.ts';
import type { AdaptiveCardJson } from './card-json.ts';
import { cutRuns, harderCuts } from './cut-harder.ts';
import { expandFirstThatFits } from './expand.ts';
import { line, theirText } from './runs.ts';
import { bounded, markdownSafeText, shownLength } from './untrusted.ts';
import { utc } from './utc.ts';

export interface ChooseDeviceContent {
  readonly title: string;
  readonly lines: readonly string[];
  readonly machines: readonly Machine[];
  /** Opaque id of the question or of the request. */
  readonly requestId: string;
  readonly verb: 'choose' | 'approve';
  readonly button: string;
  /** The choice is for this one of several devices alone, although its id is that of the card of all. */
  readonly isAlone?: boolean | undefined;
  /** What an approver wrote so far; absent where no comment is asked for. */
  readonly comment?: string | undefined;
}

/** For one person alone: the devices that they can see under a name, with what tells them apart. */
export function renderChooseDeviceCard(content: ChooseDeviceContent): AdaptiveCardJson {
  const view = chooseDeviceView(content);
  return expandFirstThatFits('choose-device', template, [
    view,
    ...harderCuts.map((cut) => cutRuns(view, cut)),
  ]);
}

export function chooseDeviceView(content: ChooseDeviceContent) {
  const { title, lines, machines, requestId, verb, button, comment, isAlone } = content;
  const choices = machines.flatMap((machine) => choiceOf(machine));
  const data = { requestId };
  const back = { verb: 'refresh', title: 'Back to the request', style: 'default', inputs: 'none', data };
  const dataOfChoice = isAlone === true ? { ...data, alone: true } : data;
  return {
    title,
    lines: lines.map((text) => line(theirText(text, shownLength.answer))),
    choiceSets: choices.length === 0 ? [] : [{ choices }],
    comments: comment === undefined ? [] : [{ value: comment }],
    buttonSets:
      choices.length === 0
        ? []
        : [
            {
              buttons: [
                { verb, title: button, style: 'positive', inputs: 'auto', data: dataOfChoice },
                ...(verb === 'approve' ? [back] : []),
              ],
            },
          ],
  };
}

/** A record without a proper id cannot be acted on. */
function choiceOf(machine: Machine): { title: string; value: string }[] {
  const value = parseDeviceId(machine.id);
  return value === undefined ? [] : [{ title: titleOf(machine), value }];
}

/** Clients read the title of a choice as Markdown, and it holds what devices call themselves. */
function titleOf(machine: Machine): string {
  const { computerDnsName, osPlatform, version, healthStatus, rbacGroupName, lastSeen } = machine;
  const facts = [
    computerDnsName,
    [osPlatform, version].filter((part) => part !== undefined).join(' '),
    healthStatus,
    rbacGroupName === undefined ? undefined : `group ${rbacGroupName}`,
    lastSeen === undefined ? undefined : `last seen ${utc(lastSeen)}`,
    `id ${machine.id}`,
    ...marksOf(machine),
  ];
  return facts.flatMap((fact) => (fact === undefined || fact === '' ? [] : [plain(fact)])).join(' · ');
}

function marksOf({ mergedIntoMachineId, isPotentialDuplication }: Machine): string[] {
  if (mergedIntoMachineId !== undefined) return [`MERGED into ${mergedIntoMachineId}`];
  return isPotentialDuplication === true ? ['POSSIBLY A DUPLICATE'] : [];
}

/** An underscore between letters is part of a name, and no Markdown takes it for emphasis. */
function plain(text: string): string {
  return bounded(text, shownLength.name)
    .split(/(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/u)
    .map((part) => markdownSafeText(part, shownLength.name))
    .join('_');
}
