import type { Action, ContainmentRequest } from '../../src/containment/request.ts';
import type { FoundDevices } from '../../src/defender/device-search.ts';
import { mostCandidates } from '../../src/defender/device-search.ts';

/** Words about devices that are meant by name. The name is what was typed; it goes into text runs only. */

export interface DeviceText {
  readonly title: string;
  readonly lines: readonly string[];
}

const does: Readonly<Record<Action, string>> = {
  restrict: 'restrict',
  unrestrict: 'lift the restriction of',
};

interface Wish {
  readonly action: Action;
  readonly name: string;
  readonly asker: string;
  /** The command named so many devices, of which this is one. */
  readonly several?: number | undefined;
}

function amongOthers(several: number | undefined): string {
  return several === undefined ? '' : `, among ${several} devices,`;
}

/** For everybody to read: what was typed and by whom, and nothing that Defender says. */
export function askedToChoose({ action, name, asker, several }: Wish): DeviceText {
  return {
    title: 'Which device?',
    lines: [
      `${asker} asked to ${does[action]} “${name}”${amongOthers(several) || ','} which does not say for certain which device is meant.`,
      `Nothing was asked for yet. The button lets ${asker} alone choose; everybody else sees only this card.`,
    ],
  };
}

/** The same whether the device does not exist or is not theirs to see: nobody is told which. */
export function notFoundInPublic({ action, name, asker, several }: Wish): DeviceText {
  return {
    title: 'No device of that name',
    lines: [
      `${asker} asked to ${does[action]} “${name}”${several === undefined ? '' : ` among ${several} devices`}. No device that ${asker} can see has that name, so nothing was asked for.`,
      `The button shows ${asker} alone the nearest names; everybody else sees only this card.`,
    ],
  };
}

export const chooseButton = 'Choose device';
export const nearestButton = 'Show nearest names';

/** Above the list that only the asker gets. */
export function candidatesText(name: string, { fit, isCut, machines }: FoundDevices): DeviceText {
  if (isCut) return tooMany(name);
  const fits =
    fit === 'exact'
      ? `${machines.length === 1 ? 'This device has' : 'These devices have'} the name “${name}”.`
      : `No device is called just “${name}”. ${machines.length === 1 ? 'This one fits' : 'These fit'} it.`;
  return {
    title: 'Which device?',
    lines: [
      `${fits} Only you see this list, and it holds what you can see in Defender.`,
      ...duplicates(machines.map((machine) => machine.computerDnsName)),
    ],
  };
}

function duplicates(names: readonly string[]): string[] {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length
    ? []
    : [
        'Defender has several records of the same name, for instance after a device was set up anew. The one that was seen last is usually the one in use.',
      ];
}

function tooMany(name: string): DeviceText {
  return {
    title: 'Too many devices',
    lines: [
      `More than ${mostCandidates} devices that you can see fit “${name}”. Send the command again with more of the name, or with the device id.`,
    ],
  };
}

export function nearestText(name: string, count: number): DeviceText {
  return count === 0
    ? {
        title: 'No device of that name',
        lines: [
          `No device that you can see is called “${name}” or something like it. Check the name, or send the command again with the device id.`,
        ],
      }
    : {
        title: 'No device of that name',
        lines: [
          `No device that you can see is called “${name}”. These are the nearest names; choose one if you meant it. Only you see this list.`,
        ],
      };
}

export const askButton = 'Ask for this device';
/** Of several: the others go with it. */
export const takeButton = 'Take this device';
export const approveButton = 'Approve for this device';

interface Unclear {
  readonly number: number;
  readonly name: string;
  readonly found: FoundDevices;
  /** One of several devices: what came of the same press for the others. */
  readonly others?: string | undefined;
}

/** Above the list that an approver gets: the device is not approved before they say which one they mean. */
export function approverText({ number, name, found, others }: Unclear): DeviceText {
  const isOne = others === undefined;
  const soFar = isOne || others === '' ? [] : [others];
  if (found.isCut) {
    const [why = ''] = tooMany(name).lines;
    const instead = isOne ? 'Deny the request, and' : 'Leave it out of what you approve, and';
    return {
      title: isOne ? `Nothing is approved yet in #${number}` : `One device of #${number} is not approved yet`,
      lines: [...soFar, `${why.split('. ', 1)[0] ?? ''}. ${instead} have it made with more of the name.`],
    };
  }
  const { lines } = candidatesText(name, found);
  return {
    title: isOne
      ? `Nothing is approved yet: which device is #${number} about?`
      : `One device of #${number} is not approved yet: which one is it?`,
    lines: [...soFar, ...lines, 'Choose the device, then approve for it.'],
  };
}

export function askedFor(number: number): DeviceText {
  return {
    title: `Asked for as #${number}`,
    lines: ['Its card is in this conversation. You need not choose again.'],
  };
}

type Asked = Pick<ContainmentRequest, 'number' | 'deviceId' | 'deviceName' | 'device'>;

/** What the command had asked for already is not what was chosen now. */
export function askedForOther({ number, deviceId, deviceName, device }: Asked): DeviceText {
  const about =
    deviceId === undefined
      ? `whichever device the name “${deviceName}” means; whoever approves is asked which`
      : `another device: ${device?.name === undefined ? '' : `${device.name}, `}${deviceId}`;
  return {
    title: `Your choice changed nothing in #${number}`,
    lines: [
      `This command has made #${number} already, which is about ${about}.`,
      `If that is wrong, cancel #${number} and send the command with the id of the device that you mean.`,
    ],
  };
}

/** The device that was chosen is not there any more for this person, or never was. */
export const chosenNotVisible =
  'In Defender the device is not found, or you have no access to it; Defender does not tell which. Nothing was asked for. Choose another one, or send the command again.';

export const noAnswer =
  'Entra or Defender did not answer in time. Nothing was asked for. Please press again in a moment.';

export const notCertain =
  'That took too long, so it is not certain that the device was asked for. If no card comes up here, press again; nothing is asked for twice.';

/** There is no list without the person's own token. */
export function noList(reason: string): string {
  return `The devices cannot be listed for you. ${reason} You can send the command with the device id instead.`;
}
