import type { DeviceStakes } from '../../src/containment/device.ts';
import type { DeviceRequest } from '../../src/containment/request.ts';

const at = '2026-11-23T03:12:00.000Z';
const atStake = {
  alerts: {
    count: 7,
    worst: [
      { severity: 'High', title: 'Beacon to a known command-and-control address' },
      { severity: 'High', title: 'Credential dumping [LSASS](https://evil.example) memory' },
      { severity: 'Medium', title: 'Unsigned program started from a mail attachment' },
    ],
  },
  users: { count: 5, latest: ['contoso\\dana.lee', 'contoso\\svc-backup', 'ws-finance-017\\admin'] },
  restriction: {
    state: 'in-force',
    by: 'priya.nair@contoso.example',
    since: '2026-11-22T21:40:00.000Z',
  },
} as const;

/** What a request that awaits approval shows of its device beside the plain facts. */
export function stakesStates(awaiting: DeviceRequest): Readonly<Record<string, DeviceRequest>> {
  const withStakes = (
    stakes: Omit<DeviceStakes, 'at'>,
    given: Partial<DeviceRequest> = {},
  ): DeviceRequest => ({
    ...awaiting,
    ...given,
    device: { ...awaiting.device, stakes: { at, ...stakes } },
  });
  const lift = (number: number): Partial<DeviceRequest> => ({ action: 'unrestrict', number });
  return {
    'awaiting-at-stake': withStakes(atStake),
    'awaiting-restricted': withStakes({
      alerts: { count: 0, worst: [] },
      users: { count: 0, latest: [] },
      restriction: {
        state: 'restricting',
        by: 'priya.nair@contoso.example',
        since: '2026-11-23T03:02:00.000Z',
      },
    }),
    'awaiting-lift-preview': withStakes(
      {
        ...atStake,
        alerts: { count: 1, worst: atStake.alerts.worst.slice(0, 1), sinceRestriction: 3 },
        scan: { state: 'succeeded', scope: 'Full', at: '2026-11-23T01:05:00.000Z' },
      },
      lift(14),
    ),
    'awaiting-lift-unscanned': withStakes(
      { ...atStake, alerts: { count: 0, worst: [], sinceRestriction: 0 }, scan: { state: 'none' } },
      lift(15),
    ),
  };
}
