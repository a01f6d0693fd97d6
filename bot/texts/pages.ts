import { devicesText } from './counted.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Refusal } from '../../src/containment/event.ts';
import type { Continued, WaitingClick } from '../../src/jobs/continue-click.ts';
import type { VoidReason } from '../../src/containment/state.ts';
import type { Page } from '../pages/page.ts';
import {
  cancelRefusalText,
  noRightsText,
  notVisibleText,
  refusalText,
  voidText,
  wishVoidText,
} from './decisions.ts';
import type { Pressed } from './pressed.ts';

/** Who reads this is on that page. */
const setup = { hasSignInPage: true } as const;
const backToTeams = 'You can close this window and go back to Teams.';
const pressAgain = 'Close this window and press the button on the card in Teams again.';

export const unusableLink: Page = {
  status: 404,
  tone: 'not-done',
  title: 'This link cannot be used',
  lines: ['It has been used already, or it is older than 10 minutes. This visit sent nothing.', pressAgain],
};

export const badLink: Page = {
  status: 400,
  tone: 'not-done',
  title: 'This is not a link of Cordon’s',
  lines: ['It is not complete, or it was changed on the way. This visit sent nothing.', pressAgain],
};

export const entraAway: Page = {
  status: 503,
  tone: 'not-done',
  title: 'Entra does not answer',
  lines: [
    'This visit sent nothing. Load this page again in a moment, or press the button on the card again.',
  ],
};

export const signInCancelled: Page = notDone('The sign-in was not finished', [
  'Entra did not confirm it. This sign-in sent nothing.',
  pressAgain,
]);

export const wrongAccount: Page = notDone('That was another account', [
  'You signed in with another account than the one that pressed the button in Teams. This sign-in sent nothing.',
  `${pressAgain} Choose the account that you use in Teams.`,
]);

export function signInRefused(why: VoidReason, pressed: Pressed): Page {
  return notDone('The sign-in was not enough', [
    ofThisSignIn(noRightsText(why, pressed, setup)),
    backToTeams,
  ]);
}

/** What the same press led to by another link is not known here. */
function ofThisSignIn(text: string): string {
  return text.replace(/Nothing was (?:sent|changed)\./, 'This sign-in sent nothing.');
}

export const tryAgain: Page = notDone('The sign-in could not be checked', [
  'Entra did not answer usably. This sign-in sent nothing.',
  pressAgain,
]);

/** Something of ours failed after the sign-in: only the card knows how far it came. */
export const askTheCard: Page = notDone('Something went wrong', [
  'It is not certain how far your click came. The card in Teams shows what is true; nothing is done twice.',
]);

/** Who signed in and what Defender's token allows. */
export function signedInAs(name: string, scopes: readonly string[]): Page {
  return {
    status: 200,
    tone: 'done',
    title: 'You are signed in',
    lines: [
      `Entra knows you as ${name}.`,
      `Your Defender permissions through Cordon: ${scopes.length === 0 ? 'none' : scopes.join(', ')}.`,
      backToTeams,
    ],
  };
}

const noAnswerTexts: Readonly<Record<WaitingClick['purpose']['verb'], string>> = {
  approve: 'Your rights could not be checked. This sign-in sent nothing.',
  retry: 'Your rights could not be checked. This sign-in sent nothing.',
  cancel: 'It is not certain that the action was cancelled. The card in Teams shows what is true.',
  recheck: 'The card stays as it was. Nothing was changed.',
  release: 'Your rights could not be checked, and nothing was sent.',
  extend: 'Your rights could not be checked, and nothing was changed.',
};

export function pageOf(verb: WaitingClick['purpose']['verb'], continued: Continued): Page {
  switch (continued.kind) {
    case 'counts':
      return withShare(verb, counted(verb, continued.request), continued.share);
    case 'refused':
      return notDone(titleOfRefusal(continued.refusal, continued.request), [
        refusalText(continued.refusal, continued.request),
        backToTeams,
      ]);
    case 'void':
      return verb === 'release' || verb === 'extend'
        ? notDone('Your click did not count', [
            wishVoidText(continued.why, verb, continued.request, setup),
            backToTeams,
          ])
        : notDone('Your approval did not hold', [
            voidText(continued.why, continued.request, setup),
            backToTeams,
          ]);
    case 'not-cancelled':
      return notDone('Nothing was cancelled', [cancelRefusalText(continued.why, setup), backToTeams]);
    case 'not-possible':
      return notDone(`#${continued.request.number} cannot be carried out`, [
        'Defender cannot do this on the device, so nothing was sent. The card in Teams says why, and what to do instead.',
        backToTeams,
      ]);
    case 'gone':
      return notDone('Your click no longer waits', gone(verb, continued.request));
    case 'looked':
      return looked(continued);
    case 'no-answer':
      return notDone('Defender did not answer', [noAnswerTexts[verb], pressAgain]);
  }
}

/** By another link the same click did count. */
function titleOfRefusal({ code }: Refusal, { number }: ContainmentRequest): string {
  return code === 'already-approved-by-you' ? `#${number} has your approval` : 'Your click changed nothing';
}

function gone(verb: WaitingClick['purpose']['verb'], { number }: ContainmentRequest): readonly string[] {
  return verb === 'approve'
    ? [
        `It was given up, or another sign-in used it and it did not hold. This sign-in sent nothing. #${number} awaits approval.`,
        pressAgain,
      ]
    : [
        `It was given up, or another sign-in used it. This sign-in sent nothing. The card of #${number} in Teams shows whether your click counted; if it did not, press again there.`,
      ];
}

/** After “Check again”: what Defender said is on the card. */
function looked({ request, outcome }: Extract<Continued, { kind: 'looked' }>): Page {
  switch (outcome.kind) {
    case 'confirmed':
      return done(`#${request.number} was looked up`, [
        'Defender was asked with this sign-in; the card in Teams shows what it says.',
        backToTeams,
      ]);
    case 'not-visible':
      return notDone('Nothing was found', [notVisibleText(), backToTeams]);
    case 'no-token':
      return notDone('Defender could not be asked', [
        noRightsText(outcome.why, 'Check again', setup),
        backToTeams,
      ]);
  }
}

function counted(verb: WaitingClick['purpose']['verb'], { number, hold, state }: ContainmentRequest): Page {
  const follow = `The card in Teams follows it. ${backToTeams}`;
  if (verb === 'cancel') {
    const title = state.status === 'withdrawn' ? `#${number} is withdrawn` : `#${number} is being cancelled`;
    return done(title, ['Your wish counts.', follow]);
  }
  if (verb === 'extend')
    return done(`#${number} is extended`, ['Your approval of the later end counts.', follow]);
  return done(`Your approval of #${number} counts`, [nextOf({ hold, state }), follow]);
}

type Share = Extract<Continued, { kind: 'counts' }>['share'];

/** Nobody reads that a click counts for devices for which it does not. */
function withShare(verb: WaitingClick['purpose']['verb'], page: Page, share: Share): Page {
  if (share === undefined || share.counted === share.of) return page;
  const { counted, of } = share;
  const rest = of - counted;
  const others =
    verb === 'approve'
      ? `It does not count for the other ${devicesText(rest)}: the card shows which await approval, and Approve can be pressed again for those.`
      : `It does not count for the other ${devicesText(rest)}: the card shows how those stand.`;
  return { ...page, lines: [`This is so for ${devicesText(counted)}. ${others}`, ...page.lines] };
}

function nextOf({ hold, state }: Pick<ContainmentRequest, 'hold' | 'state'>): string {
  if (state.status === 'running') return 'Defender has the action already.';
  return hold === undefined
    ? 'Cordon now hands the action to Defender with your rights.'
    : 'Submission to Defender is paused, so nothing is sent yet. When the pause ends, Cordon asks you for this sign-in once more, unless it ends within a minute.';
}

function done(title: string, lines: readonly string[]): Page {
  return { status: 200, tone: 'done', title, lines };
}

function notDone(title: string, lines: readonly string[]): Page {
  return { status: 200, tone: 'not-done', title, lines };
}
