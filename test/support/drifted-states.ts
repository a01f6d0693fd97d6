import type { FoundChange } from '../../src/containment/elsewhere.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';

const foundAt = '2026-11-23T05:08:00.000Z';
const liftedElsewhere: FoundChange = {
  actionId: '8c2f6d1e-0b7a-4e35-9f48-1a2b3c4d5e6f',
  became: 'lifted',
  by: 'portal.operator@contoso.example',
  at: '2026-11-23T05:01:30.1234567Z',
  foundAt,
};
const restrictedElsewhere: FoundChange = {
  actionId: '1d9e8f70-6a5b-4c3d-8e2f-0f1e2d3c4b5a',
  became: 'restricted',
  by: 'priya.nair@contoso.example',
  at: '2026-11-24T05:21:30.1234567Z',
  foundAt: '2026-11-24T05:28:00.000Z',
};

interface Plain {
  readonly succeeded: ContainmentRequest;
  readonly lift: ContainmentRequest;
  readonly boxed: ContainmentRequest;
  /** Closed by a person because nobody knew whether Defender had taken the action. */
  readonly givenUp: ContainmentRequest;
}

/** What cards look like after somebody changed the device without any request. */
export function driftedStates(plain: Plain): Readonly<Record<string, ContainmentRequest>> {
  const { by: _unknown, ...byNobody } = liftedElsewhere;
  return {
    'drifted-lifted': { ...plain.succeeded, elsewhere: [liftedElsewhere] },
    'drifted-lifted-by-nobody': { ...plain.succeeded, elsewhere: [byNobody] },
    'drifted-restricted': { ...plain.succeeded, elsewhere: [liftedElsewhere, restrictedElsewhere] },
    'drifted-lift': { ...plain.lift, elsewhere: [restrictedElsewhere] },
    'drifted-own': {
      ...plain.succeeded,
      elsewhere: [{ ...byNobody, origin: { kind: 'own', number: 38 } }],
    },
    'drifted-unrecorded': {
      ...plain.succeeded,
      elsewhere: [{ ...liftedElsewhere, origin: { kind: 'unrecorded' } }],
    },
    'drifted-marked': {
      ...plain.succeeded,
      elsewhere: [{ ...liftedElsewhere, origin: { kind: 'marked', number: 38 } }],
    },
    'drifted-given-up': {
      ...plain.givenUp,
      elsewhere: [{ ...byNobody, became: 'restricted', origin: { kind: 'own', number: 7, itself: true } }],
    },
    'drifted-flapping': { ...plain.succeeded, elsewhere: [{ ...liftedElsewhere, skipped: 6 }] },
    'boxed-drifted': { ...plain.boxed, elsewhere: [liftedElsewhere] },
  };
}
