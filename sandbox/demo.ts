import { addressBook } from './address-book.ts';
import type { Story } from './demo-story.ts';
import { playStory } from './demo-story.ts';
import { createTimeline } from './demo-timeline.ts';
import { lastWords } from './bot-process.ts';
import type { Sandbox } from './sandbox.ts';
import { startSandbox } from './sandbox.ts';

/** `npm run demo`: one restriction from the request to the last word, told as it happens. */
async function main(): Promise<number> {
  const timeline = createTimeline(process.stdout);
  timeline.title('Cordon, from request to restriction: the real bot against simulated Microsoft services');
  let sandbox: Sandbox | undefined;
  try {
    sandbox = await startSandbox({ page: false, install: false });
    const story: Story = {
      sandbox,
      timeline,
      requester: addressBook.person('riley'),
      approver: addressBook.person('alex'),
      device: addressBook.device('ws-finance-017'),
      channel: addressBook.conversation('INC-2481'),
    };
    timeline.watch(sandbox, story.channel);
    const last = await playStory(story);
    timeline.end(last);
    return last === 'Succeeded' ? 0 : 1;
  } catch (error) {
    timeline.failure(error instanceof Error ? error.message : 'unknown trouble');
    process.stderr.write(`${lastWords(sandbox?.bot.output() ?? '')}\n`);
    return 1;
  } finally {
    await sandbox?.stop();
  }
}

// Leaving by `exit` ends the bot and removes what it wrote; a bare signal would not.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

process.exitCode = await main();
