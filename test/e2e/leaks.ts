import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Wire } from '../../sandbox/wire.ts';

type WireEntry = ReturnType<Wire['entries']>[number];

/** A JSON Web Token, and an Authorization header with anything behind it. */
const tokenShapes = [/eyJ[\w-]{10,}\.[\w-]{10,}/, /Bearer [\w-]{12,}/i];

/** What must be true after any run, whatever the tests did: no secret in the bot's output, no 5xx from it. */
export function leaksOf(sandbox: Sandbox, wire: readonly WireEntry[]): string[] {
  const output = sandbox.bot.output();
  const secret = sandbox.settings['BOT_APP_SECRET'] ?? '';
  return [
    ...(secret !== '' && output.includes(secret) ? ['The output of the bot holds the app secret.'] : []),
    ...tokenShapes
      .filter((shape) => shape.test(output))
      .map((shape) => `The output of the bot has ${String(shape)}.`),
    ...wire
      .filter(({ to, status = 0 }) => to === 'bot' && status >= 500)
      .map(({ what, status }) => `The bot answered ${what} with ${String(status)}.`),
    ...wire
      .filter(({ to, what, as }) => to === 'defender' && what.startsWith('POST') && as === 'Cordon (app)')
      .map(({ what }) => `The bot made ${what} as itself.`),
  ];
}
