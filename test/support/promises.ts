import { addressBook } from '../../sandbox/address-book.ts';
import type { Submission } from '../../sandbox/defender/model.ts';
import { cardButtons, cardLabel } from '../../sandbox/card-reading.ts';
import type { Message } from '../../sandbox/message-store.ts';
import { type Label, type MachineAction, type State, labelOf } from '../../src/containment/state.ts';
import { endingOf } from '../../src/containment/ending.ts';
import type { Rig } from './rig.ts';
import type { Truth } from './truth.ts';

/** What is wrong with one request once everything is calm, in words; nothing is the only good answer. */
export function breachesOf(rig: Rig, truth: Truth): readonly string[] {
  const { number } = truth.request;
  const sent = submissionsOf(rig, truth);
  return [
    ...acceptanceBreaches(truth, sent),
    ...identityBreaches(truth, sent),
    ...cardBreaches(rig, truth),
    ...endBreaches(rig, truth),
    ...(truth.broken === undefined ? [] : [`audit chain: ${truth.broken}`]),
  ].map((breach) => `#${number}: ${breach}`);
}

export function submissionsOf({ sandbox }: Rig, { request }: Truth): readonly Submission[] {
  return sandbox.defender.submissions().filter(({ comment }) => comment.endsWith(`cordon:${request.id}`));
}

/** At most one accepted POST, exactly one where something runs or ran. */
function acceptanceBreaches({ request: { state } }: Truth, sent: readonly Submission[]): string[] {
  const accepted = sent.filter((one) => one.accepted);
  const action = actionOf(state);
  const wanted = action?.ours === true ? 1 : 0;
  const inDoubt = state.status === 'submitting' || state.status === 'attention';
  if (accepted.length > 1 || (!inDoubt && accepted.length !== wanted))
    return [`${accepted.length} accepted POSTs where there must be ${wanted}`];
  return wanted === 1 && accepted[0]?.actionId !== action?.id
    ? ['it follows another action than its own']
    : [];
}

function actionOf(state: State): MachineAction | undefined {
  return state.status === 'running' || state.status === 'ended' ? state.machineAction : undefined;
}

/** Each POST bears the token of somebody who approved this request; the accepted one that of the approval. */
function identityBreaches({ request, records }: Truth, sent: readonly Submission[]): string[] {
  const { state, requestor } = request;
  const approvers = records.flatMap(({ what, who, detail }) => {
    const counted = what === 'approve-clicked' && detail?.['refused'] === undefined;
    return counted && who !== 'cordon' && who.objectId !== requestor.objectId ? [who.objectId] : [];
  });
  const approver = 'approval' in state ? state.approval?.by.objectId : undefined;
  return sent.flatMap(({ by, accepted }) => {
    const person = addressBook.people.find(({ upn }) => upn === by)?.objectId ?? by;
    if (!approvers.includes(person)) return [`sent as ${by}, who did not approve it`];
    return accepted && person !== approver ? [`accepted as ${by}, who is not the approver`] : [];
  });
}

/** The card says what is true, was never ahead of it, and never went back. */
function cardBreaches(rig: Rig, truth: Truth): string[] {
  const breaches: string[] = [];
  const label = labelOf(truth.request.state);
  const card = cardOf(rig, truth);
  if (card !== undefined) {
    const shown = cardLabel(card.card ?? {});
    if (shown !== label) breaches.push(`the card says ${String(shown)}, the truth is ${label}`);
    if (truth.shownRevision !== truth.request.revision)
      breaches.push(`the card shows revision ${truth.shownRevision} of ${truth.request.revision}`);
  }
  const history = trueLabels(truth);
  for (const seen of rig.history.inThread(threadOf(truth))) {
    if (!isInOrder(seen, history))
      breaches.push(`a card went ${seen.join(' → ')} while the request went ${history.join(' → ')}`);
  }
  return breaches;
}

/** Nothing hangs: an end that the thread was told of, a decision that people still owe, or a button for them. */
function endBreaches(rig: Rig, truth: Truth): string[] {
  const { state } = truth.request;
  switch (state.status) {
    case 'awaiting':
      return state.clicks.length === 0 ? [] : [`${state.clicks.length} clicks are still being checked`];
    case 'running':
      // Nobody who is signed in may read it: somebody who may has to come.
      return state.unconfirmed === true && offers(rig, truth, ['recheck']) ? [] : [leftOpen(truth)];
    case 'approved':
    case 'submitting':
      return [leftOpen(truth)];
    case 'attention':
      return [...helplessness(rig, truth), ...silence(rig, truth)];
    default:
      return silence(rig, truth);
  }
}

function leftOpen({ request: { state } }: Truth): string {
  return `left open as ${labelOf(state)}: ${JSON.stringify(state)}`;
}

function helplessness(rig: Rig, truth: Truth): string[] {
  const { state } = truth.request;
  if (state.status !== 'attention' || state.closed !== undefined) return [];
  return offers(rig, truth, ['recheck', 'retry', 'close'])
    ? []
    : [`needs attention (${state.reason.code}) and offers no button`];
}

/** A card that is gone offers nothing, and nothing is held against it. */
function offers(rig: Rig, truth: Truth, verbs: readonly string[]): boolean {
  const card = cardOf(rig, truth);
  return card === undefined || cardButtons(card.card ?? {}).some(({ verb }) => verbs.includes(verb));
}

function silence({ sandbox }: Rig, truth: Truth): string[] {
  const end = endingOf(truth.request.state);
  if (truth.toldEnd !== end)
    return [`the thread was told of ${String(truth.toldEnd)}, not of ${String(end)}`];
  const thread = threadOf(truth);
  const told = sandbox.teams.messages
    .list(truth.request.place.conversation)
    .some(({ from, threadId, mentions = [] }) => {
      const here = truth.request.place.kind !== 'channel' || threadId === thread;
      return from.isBot && here && mentions.length > 0;
    });
  return told ? [] : ['nobody was told of the end'];
}

function cardOf({ sandbox }: Rig, { cardId, request }: Truth): Message | undefined {
  return cardId === undefined ? undefined : sandbox.teams.messages.get(request.place.conversation, cardId);
}

/** The label after each event that the audit log knows; one that stayed is there once. */
function trueLabels({ records }: Truth): readonly Label[] {
  const all = records.flatMap(({ after }) => (after === undefined ? [] : [after as Label]));
  return all.filter((label, index) => label !== all[index - 1]);
}

/** Cards may leave states out, but show the others in the order in which they were true. */
function isInOrder(seen: readonly Label[], history: readonly Label[]): boolean {
  let from = 0;
  for (const label of seen) {
    const at = history.indexOf(label, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** `19:…@thread.tacv2;messageid=…` in a channel; elsewhere every message is a thread of its own. */
function threadOf({ request, cardId }: Truth): string {
  return request.place.thread.split(';messageid=')[1] ?? cardId ?? '';
}

/** Over for good, as far as Cordon is concerned. */
export function isOver({ request: { state } }: Truth): boolean {
  switch (state.status) {
    case 'denied':
    case 'expired':
    case 'withdrawn':
    case 'ended':
      return true;
    case 'attention':
      return state.closed !== undefined;
    default:
      return false;
  }
}
