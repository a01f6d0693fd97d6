import type { InvokeAnswer } from '../../../bot/answers.ts';
import type { CardActionParts, StepUpLinks } from '../../../bot/card-actions/card-turn.ts';
import { dispatchCardAction } from '../../../bot/card-actions/dispatch.ts';
import type { SignInOutcome } from '../../../bot/sign-in.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { ofType, textsOf } from '../../support/card-parts.ts';
import type { Workbench } from '../../src/jobs/workbench.ts';

export interface Press {
  readonly person: Person;
  readonly request: ContainmentRequest;
  readonly verb: string;
  readonly comment?: string;
  readonly devices?: string | undefined;
  /** What the button itself sends, if more than the id. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Typed by whoever has just signed in by the button. */
  readonly code?: string | undefined;
  /** So long ago that the turn has little time left. */
  readonly ago?: number;
}

/** What a press needs and few tests look at. */
export const pressParts = {
  portalUrl: 'https://security.microsoft.com',
  stepUp: undefined,
  expirySeconds: 3_600,
  recentLooks: { add: () => true },
};

/** A pressed button, as it comes from Teams, on the stand-ins of the workbench. */
export function press(
  bench: Workbench,
  pressed: Press,
  given: Partial<CardActionParts> = {},
): Promise<InvokeAnswer> {
  const { person, ago = 0 } = pressed;
  const arrivedAt = performance.now() - ago;
  return dispatchCardAction(cardActionParts(bench, given), {
    activity: activityOf(pressed),
    person,
    arrivedAt,
  });
}

export function cardActionParts(bench: Workbench, given: Partial<CardActionParts> = {}): CardActionParts {
  const verified: SignInOutcome = { kind: 'verified' };
  return {
    ...bench.parts,
    ...pressParts,
    questions: { find: () => Promise.resolve(undefined), open: () => Promise.resolve('ask_none') },
    privateAnswers: {
      ...bench.parts,
      userTokens: {
        getUserToken: () => Promise.resolve(undefined),
        dropUserToken: () => Promise.resolve(),
      },
      approvedWork: () => Promise.resolve({ unsent: 0, followed: 0, boxes: 0 }),
    },
    signIn: () => Promise.resolve(verified),
    ...given,
  };
}

interface About {
  readonly request: Pick<ContainmentRequest, 'id' | 'place'>;
}

export function activityOf({
  person,
  request,
  verb,
  comment = '',
  devices,
  code,
  data: sent = {},
}: Omit<Press, 'request'> & About) {
  const data = { requestId: request.id, comment, ...sent, ...(devices === undefined ? {} : { devices }) };
  return {
    type: 'invoke',
    serviceUrl: 'https://smba.example/',
    from: { id: person.teamsId },
    conversation: { id: request.place.thread, conversationType: 'channel' },
    recipient: { id: '28:cordon' },
    value: {
      action: { type: 'Action.Execute', verb, data },
      ...(code === undefined ? {} : { state: code }),
    },
  };
}

/** Links to Cordon's own sign-in page; what each is for goes to `opened`. */
export function stepUpLinks(opened: (wanted: unknown) => void): StepUpLinks {
  return {
    stepUps: {
      open: (wanted) => {
        opened(wanted);
        return Promise.resolve({ state: 'the-state', expiresAt: '2100-01-01T00:00:00.000Z' });
      },
    },
    startUrl: 'https://cordon.contoso.example/auth/start',
    connectionName: 'cordon',
  };
}

/** What a button of an answered card sends. */
export function dataOf({ value }: InvokeAnswer, verb: string): Readonly<Record<string, unknown>> {
  const button = ofType({ body: value }, 'Action.Execute').find((action) => action['verb'] === verb);
  return button?.['data'] as Readonly<Record<string, unknown>>;
}

/** What the presser reads: a sentence, or the texts of a card. */
export function said({ value }: InvokeAnswer): string {
  return typeof value === 'string' ? value : textsOf({ body: value }).join('\n');
}
