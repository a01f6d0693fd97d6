import { firstLabel } from '../../src/containment/device-name.ts';
import { type ContainmentRequest, nameOrId } from '../../src/containment/request.ts';
import { bounded, safeName } from './untrusted.ts';

/** What devices are told apart by stands at the end of their first label as often as at its beginning. */
export function nameText(member: ContainmentRequest, limit: number): string {
  const name = safeName(member.device?.name ?? member.deviceName ?? nameOrId(member), Infinity);
  if (name.length <= limit) return name;
  const label = firstLabel(name);
  if (label.length < limit) return `${label}…`;
  const half = Math.floor((limit - 1) / 2);
  return bounded(`${cut(label, half)}…${label.slice(-half).replace(/^[\uDC00-\uDFFF]/, '')}`, limit);
}

function cut(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}
