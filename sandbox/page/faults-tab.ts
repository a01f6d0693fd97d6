import type { Api } from './api.ts';
import { el } from './dom.ts';
import { createPortalChange } from './portal-change.ts';
import type { Device, Preset } from './types.ts';

/** Switches for what may go wrong in Entra, Defender and Teams, and which devices answer. */
export function createFaultsTab(api: Api, onActiveCount: (count: number) => void) {
  const presetRows = el('div', { class: 'switches' });
  const deviceRows = el('div', { class: 'switches' });
  const portal = createPortalChange(api);
  const clear = el(
    'button',
    { class: 'plain', type: 'button', 'data-testid': 'all-clear', onclick: () => void api.resetFaults() },
    'All clear',
  );
  const element = el(
    'div',
    { class: 'tab-body faults' },
    el('div', { class: 'faults-head' }, el('h3', {}, 'What goes wrong'), clear),
    presetRows,
    el('h3', {}, 'Devices'),
    el('p', { class: 'panel-note' }, 'An action on a device that is offline stays Pending until it is back.'),
    deviceRows,
    el('h3', {}, 'In the Defender portal'),
    el(
      'p',
      { class: 'panel-note' },
      'Somebody acts without Cordon, which asks Defender for that every ten minutes.',
    ),
    portal.element,
  );
  return {
    element,
    showPresets: (presets: readonly Preset[]) => {
      const rows = presets.map((preset) =>
        switchRow({ title: preset.title, note: preset.description, on: preset.active }, (on) =>
          api.setFault(preset.key, on),
        ),
      );
      replaceKeepingFocus(presetRows, rows);
      onActiveCount(presets.filter((preset) => preset.active).length);
    },
    showDevices: (devices: readonly Device[]) => {
      portal.showDevices(devices);
      const rows = devices.map((device) => {
        const note = [device.os, device.group, device.id.slice(0, 8)]
          .filter((part) => part !== undefined)
          .join(' · ');
        return switchRow({ title: device.name, note, on: device.online }, (online) =>
          api.setDevice(device.id, online),
        );
      });
      replaceKeepingFocus(deviceRows, rows);
    },
  };
}

interface SwitchText {
  readonly title: string;
  readonly note: string;
  readonly on: boolean;
}

/** Shows the wanted position at once; the server's event confirms it, a failure moves it back. */
function switchRow(text: SwitchText, onChange: (on: boolean) => Promise<Response>): HTMLElement {
  const button = el('button', {
    type: 'button',
    role: 'switch',
    'aria-checked': String(text.on),
    class: 'switch',
  });
  button.append(el('span', { class: 'switch-text' }, el('span', {}, text.title), el('small', {}, text.note)));
  button.append(el('span', { class: 'knob', 'aria-hidden': 'true' }));
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-checked') !== 'true';
    button.setAttribute('aria-checked', String(on));
    const moveBack = () => button.setAttribute('aria-checked', String(!on));
    onChange(on).then((answer) => {
      if (!answer.ok) moveBack();
    }, moveBack);
  });
  return button;
}

function replaceKeepingFocus(box: HTMLElement, rows: readonly HTMLElement[]): void {
  const focused = [...box.children].findIndex((row) => row === document.activeElement);
  box.replaceChildren(...rows);
  rows[focused]?.focus();
}
