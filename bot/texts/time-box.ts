import { utcShort } from '../render/utc.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { BoxLift, RunningBox, WishVerb } from '../../src/containment/time-box.ts';

/** `4h` as people read it. */
export function lengthText({ text }: { readonly text: string }): string {
  return `${text.slice(0, -1)} ${units[text.slice(-1)] ?? ''}`;
}

const units: Readonly<Record<string, string>> = { m: 'min', h: 'h', d: 'd' };

/** To be read before the click that approves it. */
export const approvesItsEnd =
  'Approving also approves its end: Cordon lifts the restriction with the approver’s own sign-in then, unless something else restricts the device as well.';

/** The same of several devices. */
export const approvesTheirEnd =
  'Approving also approves the end for each device: Cordon lifts its restriction with the approver’s own sign-in then, unless something else restricts it as well.';

/** Of a restriction that somebody else started: its end was not this approver's to approve. */
export const notByItself =
  'Somebody else started this restriction, so Cordon does not lift it by itself then: an approval is asked for.';

/** The same for the click that moves it. */
export const extendingApprovesItsEnd =
  'Extending approves the later end: Cordon then lifts it with the sign-in of whoever extends.';

/** What happens next with a restriction that was confirmed and is, or was, to end by itself. */
export function boxStep(request: ContainmentRequest): string | undefined {
  if (request.released !== undefined)
    return 'Defender reported that app execution was restricted, and later that the restriction was lifted.';
  const box = boxInForce(request);
  if (box === undefined) return undefined;
  return whileInForce(box, `${utcShort(box.until, request.createdAt)}; ${atEndText(request)}`);
}

/** What somebody else started is lifted by people alone. */
export function isOurs({ state }: ContainmentRequest): boolean {
  return state.status !== 'ended' || state.machineAction.ours;
}

/** What comes at the end, as far as anybody can know before it. */
export function atEndText(request: ContainmentRequest): string {
  return isOurs(request) ? 'Cordon lifts it then' : 'an approval of its lift is asked for then';
}

function whileInForce({ lift, failed, ended }: RunningBox, until: string): string {
  if (lift?.awaitedSince !== undefined)
    return `The time is over, and the restriction is still in force: #${lift.number} ${needs(lift)}.`;
  if (lift !== undefined)
    return `Defender reports that app execution is restricted. #${lift.number} asks to lift it; its card shows how that stands.`;
  const stillInForce =
    failed === undefined ? '' : `#${failed.number}, which was to lift it, is “${failed.label}”. `;
  if (ended === true)
    return `The restriction is still in force. ${stillInForce}Press Release to lift it, or Extend to keep it.`;
  return `Defender reports that app execution is restricted. ${stillInForce}In force until ${until}.`;
}

/** What people can do for the lift, on its card. */
export function needs({ label }: Pick<BoxLift, 'label'>): string {
  return label === 'Needs attention'
    ? 'needs attention. Its card says what to press'
    : 'needs an approval. Anybody entitled may press Approve there';
}

/** After a press of Release or Extend that counts. */
export function wishCountedText(request: ContainmentRequest, verb: WishVerb): string | undefined {
  const box = boxInForce(request);
  if (box?.lift !== undefined)
    return `#${box.lift.number} is to lift the restriction; its card shows how that stands.`;
  return verb === 'extend' && box !== undefined
    ? `The restriction is in force until ${utcShort(box.until, request.createdAt)}.`
    : undefined;
}

/** To the requestor of the restriction, or whoever else wants to take back what ends it. */
export function endNotStoppedText({ number }: ContainmentRequest): string {
  return `#${number} ends a time box, and only whoever approved that can take it back. Nothing was changed; while it awaits approval, whoever approves here can press Deny.`;
}

/** The same lift, whoever asked for it first. */
export function liftAskedForText(request: ContainmentRequest): string {
  const number = boxInForce(request)?.lift?.number;
  return number === undefined
    ? `The lift of #${request.number} is asked for already. Your click changed nothing.`
    : `#${number} already asks to lift this restriction. Your click changed nothing and approved nothing; if its card awaits approval, press Approve there.`;
}
