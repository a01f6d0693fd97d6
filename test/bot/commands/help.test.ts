import assert from 'node:assert/strict';
import { helpText, helpView } from '../../../bot/commands/help.ts';
import { commands, findCommand } from '../../../bot/commands/registry.ts';

describe('help', () => {
  it('lists every command with its usage and summary', () => {
    const text = helpText();

    for (const { usage, summary } of commands) assert.ok(text.includes(`${usage}: ${summary}.`));
    assert.doesNotMatch(text, /Example/);
  });

  it('explains one command with an example', () => {
    const view = helpView('restrict');

    assert.deepEqual(
      view.entries.map(({ usage }) => usage),
      ['/restrict <device>[,<device>…] [for <duration>] <reason>'],
    );
    assert.match(helpText('restrict'), /\nExample: \/restrict ws-[a-z0-9-]+ \S/);
  });

  for (const [topic, usage] of [
    ['approve', '/approve <request> [comment]'],
    ['deny', '/deny <request> <comment>'],
  ] as const) {
    it(`explains /${topic} with a request’s number`, () => {
      assert.deepEqual(
        helpView(topic).entries.map((entry) => entry.usage),
        [usage],
      );
      assert.match(helpText(topic), new RegExp(`\\nExample: /${topic} #\\d+ \\S`));
    });
  }

  it('explains what a mistyped command is near to, and says that it is a guess', () => {
    const view = helpView('restirct');

    assert.equal(view.heading, 'There is no command “restirct”. Did you mean /restrict?');
    assert.deepEqual(
      view.entries.map(({ usage }) => usage),
      ['/restrict <device>[,<device>…] [for <duration>] <reason>'],
    );
    assert.ok(view.entries.every(({ example }) => example !== undefined));
  });

  it('lists everything when the command is unknown, and says so', () => {
    assert.equal(helpView('lock').entries.length, commands.length);
    assert.match(helpText('lock'), /^There is no command “lock”/);
    assert.match(helpText('<at>all</at>'), /^There is no command of that name/);
  });
});

describe('the command registry', () => {
  it('finds a command with or without slash, in any case', () => {
    assert.equal(findCommand('/Restrict')?.name, 'restrict');
    assert.equal(findCommand('HELP')?.name, 'help');
    assert.equal(findCommand('aprove'), undefined);
    assert.equal(findCommand('constructor'), undefined);
  });

  it('has one entry per name, in sentences that fit one line', () => {
    assert.equal(new Set(commands.map(({ name }) => name)).size, commands.length);
    for (const { name, usage, summary, example } of commands) {
      assert.ok(usage.startsWith(`/${name}`) && example.startsWith(`/${name}`));
      assert.ok(summary.length <= 100 && !summary.endsWith('.'));
    }
  });
});
