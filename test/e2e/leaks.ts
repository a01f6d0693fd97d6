import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Wire } from '../../sandbox/wire.ts';

type WireEntry = ReturnType<Wire['entries']>[number];

/** A JSON Web Token, and an Authorization header with anything behind it. */
const tokenShapes = [/eyJ[\w-]{10,}\.[\w-]{10,}/, /Bearer [\w-]{12,}/i];

/** What must be true after any run, whatever the tests did: no secret in the output, no change made as the bot. */
export function leaksOf(sandbox: Sandbox, wire: readonly WireEntry[]): string[] {
  const output = sandbox.bot.output();
  return [
    ...tokenShapes
      .filter((shape) => shape.test(output))
      .map((shape) => `The output of the bot has ${String(shape)}.`),
    ...wire
      .filter(({ to, what, as }) => to === 'defender' && what.startsWith('POST') && as === 'Cordon (app)')
      .map(({ what }) => `The bot made ${what} as itself.`),
  ];
}

/** Answers with which the bot says that it broke; 501 is its word for what it does not do. */
export function brokenAnswers(wire: readonly WireEntry[]): readonly string[] {
  return wire
    .filter(({ to, status = 0 }) => to === 'bot' && status >= 500 && status !== 501)
    .map(({ what, status }) => `${what}: ${String(status)}`);
}
