import type { Api } from './api.ts';
import { el } from './dom.ts';
import type { Device } from './types.ts';

/** What somebody does in the Defender portal, behind the app's back. */
export function createPortalChange(api: Api) {
  const device = el('select', { 'aria-label': 'Device', 'data-testid': 'portal-device' });
  const button = (title: string, action: 'restrict' | 'unrestrict') =>
    el(
      'button',
      {
        class: 'plain',
        type: 'button',
        'data-testid': `portal-${action}`,
        onclick: () => void api.changeInPortal(device.value, action),
      },
      title,
    );
  return {
    element: el(
      'div',
      { class: 'portal-change' },
      device,
      button('Restrict', 'restrict'),
      button('Lift', 'unrestrict'),
    ),
    showDevices: (devices: readonly Device[]) => {
      const chosen = device.value;
      device.replaceChildren(
        ...devices.map(({ id, name }) => el('option', { value: id, selected: id === chosen }, name)),
      );
    },
  };
}
