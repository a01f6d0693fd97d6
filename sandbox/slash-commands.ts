import { readFileSync } from 'node:fs';
import { asObject, asText, parseObject } from './http.ts';

export interface SlashCommand {
  readonly name: string;
  readonly description: string;
}

/** What the menu that `/` opens offers in each kind of conversation, as the app's manifest says. */
export type SlashCommands = Readonly<Record<'channel' | 'groupChat', readonly SlashCommand[]>>;

const manifestPath = new URL('../manifest/manifest.json', import.meta.url);

export function slashCommands(): SlashCommands {
  const [bot] = objects(parseObject(readFileSync(manifestPath, 'utf8'))?.['bots']);
  const lists = bot?.['supportsTargetedMessages'] === true ? objects(bot['commandLists']) : [];
  const inScope = (scope: string) =>
    lists
      .filter(({ scopes, triggers }) => has(scopes, scope) && has(triggers, 'slash'))
      .flatMap(({ commands }) => objects(commands))
      .map(({ title, description }) => ({
        name: asText(title) ?? '',
        description: asText(description) ?? '',
      }));
  return { channel: inScope('team'), groupChat: inScope('groupChat') };
}

function objects(value: unknown): Record<string, unknown>[] {
  const all: unknown[] = Array.isArray(value) ? value : [];
  return all.map(asObject).filter((each) => each !== undefined);
}

function has(list: unknown, word: string): boolean {
  return Array.isArray(list) && list.includes(word);
}
