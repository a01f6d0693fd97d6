import type { Action } from '../../src/containment/request.ts';

const titles = {
  restrict: 'Restrict app execution',
  unrestrict: 'Lift app execution restriction',
} as const satisfies Record<Action, string>;

export function actionTitle(action: Action): string {
  return titles[action];
}
