import { z } from 'zod';
import { commands } from '../bot/commands/registry.ts';
import type { CommandScope } from '../bot/commands/registry.ts';

const botsSchema = z.tuple([
  z.object({
    scopes: z.array(z.string()),
    supportsTargetedMessages: z.literal(false).optional(),
    commandLists: z.array(
      z.object({
        scopes: z.array(z.string()),
        commands: z.array(z.object({ title: z.string(), description: z.string() })),
        // The slash menu sends targeted messages, which the bot cannot answer.
        triggers: z.tuple([z.literal('mention')]).optional(),
      }),
    ),
  }),
]);

const scopes: readonly CommandScope[] = ['team', 'groupChat', 'personal'];

/** Compares the menus of Teams with the commands the bot understands: name, summary and order, scope by scope. */
export function commandFaults(bots: unknown): string[] {
  const read = botsSchema.safeParse(bots);
  if (!read.success) {
    return [
      'manifest.json: expected one bot with command lists, without targeted messages and slash triggers',
    ];
  }
  const [bot] = read.data;
  return scopes.flatMap((scope) => {
    const missing = bot.scopes.includes(scope) ? [] : [`manifest.json: the bot lacks the scope ${scope}`];
    const listed = bot.commandLists
      .filter((list) => list.scopes.includes(scope))
      .flatMap((list) => list.commands);
    return [...missing, ...menuFaults(scope, listed)];
  });
}

interface MenuEntry {
  readonly title: string;
  readonly description: string;
}

function menuFaults(scope: CommandScope, listed: readonly MenuEntry[]): string[] {
  const expected = commands
    .filter((command) => command.scopes.includes(scope))
    .map(({ name, summary }) => ({ title: name, description: summary }));
  if (
    JSON.stringify(listed.map(({ title, description }) => ({ title, description }))) ===
    JSON.stringify(expected)
  ) {
    return [];
  }
  return [
    `manifest.json: the ${scope} menu differs from the bot's commands; expected ${JSON.stringify(expected)}`,
  ];
}
