import { z } from 'zod';
import { commands } from '../bot/commands/registry.ts';
import type { CommandScope } from '../bot/commands/registry.ts';

const botsSchema = z.tuple([
  z.object({
    scopes: z.array(z.string()),
    // The slash menu sends targeted messages.
    supportsTargetedMessages: z.literal(true),
    commandLists: z.array(
      z.object({
        scopes: z.array(z.string()),
        commands: z.array(z.object({ title: z.string(), description: z.string() })),
        triggers: z.array(z.enum(['mention', 'slash'])).default(['mention']),
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
      'manifest.json: expected one bot that supports targeted messages, with command lists that the mention or the slash opens',
    ];
  }
  const [bot] = read.data;
  return scopes.flatMap((scope) => {
    const missing = bot.scopes.includes(scope) ? [] : [`manifest.json: the bot lacks the scope ${scope}`];
    const lists = bot.commandLists.filter((list) => list.scopes.includes(scope));
    return [...missing, ...triggersOf(scope).flatMap((trigger) => menuFaults(scope, trigger, lists))];
  });
}

/** Only the personal chat has no slash menu: there every message is for the bot alone. */
function triggersOf(scope: CommandScope): readonly ('mention' | 'slash')[] {
  return scope === 'personal' ? ['mention'] : ['mention', 'slash'];
}

interface Menu {
  readonly triggers: readonly string[];
  readonly commands: readonly { readonly title: string; readonly description: string }[];
}

function menuFaults(scope: CommandScope, trigger: 'mention' | 'slash', menus: readonly Menu[]): string[] {
  const listed = menus.filter(({ triggers }) => triggers.includes(trigger)).flatMap((menu) => menu.commands);
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
    `manifest.json: the ${scope} menu of the ${trigger} differs from the bot's commands; expected ${JSON.stringify(expected)}`,
  ];
}
