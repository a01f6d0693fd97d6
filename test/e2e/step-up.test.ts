import assert from 'node:assert/strict';
import type { InvokeAnswer } from '../../sandbox/universal-action.ts';
import { type Arrival, signInForStepUp, stepUpByBrowser, visit } from '../../sandbox/step-up-by-browser.ts';
import { type Asked, told } from './play.ts';
import { askForExtraStep } from '../support/extra-step.ts';
import { alex, priya, setStage } from './stage.ts';

/** Its title and lines. */
function reads({ text }: Arrival, wanted: RegExp): void {
  const words = [...text.matchAll(/<(?:h1|p)>([^<]*)</g)].map(([, line = '']) => line).join('\n');
  assert.match(words, wanted);
}

describe('A sign-in step that Teams cannot make', () => {
  const stage = setStage();

  function linkOf(answer: InvokeAnswer): string {
    assert.equal(answer.type, 'application/vnd.microsoft.activity.loginRequest', told(answer));
    const link = answer.login?.link ?? '';
    assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/auth\/start\?state=[\w-]{43}$/);
    return link;
  }

  async function pressed(asked: Asked, person = alex): Promise<string> {
    return linkOf(await stage.press(person, asked, 'approve'));
  }

  it('is made on Cordon’s own page, and the click goes on by itself with that very sign-in', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.equal(stage.submissions(asked).length, 0);

    const page = await stepUpByBrowser(link, alex);

    assert.equal(page.status, 200);
    reads(page, /Your approval of #\d+ counts/);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
    assert.deepEqual(
      stage.sandbox.defender.actions().map(({ requestor }) => requestor),
      [alex.upn],
    );
  });

  it('is made there too where Conditional Access asks for a compliant device', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex, 53000);

    const page = await stepUpByBrowser(await pressed(asked), alex);

    reads(page, /Your approval of #\d+ counts/);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
  });

  it('goes on for the account that pressed, and for no other', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);

    const page = await stepUpByBrowser(link, priya);

    reads(page, /That was another account/);
    await stage.until(asked, /approval did not hold/);
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('is good for one visit: who comes back a second time changes nothing', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const callback = await signInForStepUp(await pressed(asked), alex);

    const visits = await Promise.all([visit(callback), visit(callback), visit(callback)]);

    assert.deepEqual(visits.map(({ status }) => status).sort(), [200, 404, 404]);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('may be opened twice before it is made, as scanners of links do', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);

    assert.equal((await visit(link)).status, 302);
    reads(await stepUpByBrowser(link, alex), /counts/);
  });

  it('ends without effect when the person cancels it, and can be begun again', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);

    const page = await stepUpByBrowser(await pressed(asked), 'cancel');

    reads(page, /not finished/);
    assert.equal(stage.submissions(asked).length, 0);
    reads(await stepUpByBrowser(await pressed(asked), alex), /counts/);
  });

  it('is offered anew, for the same click, to who presses again', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const [first, second] = [await pressed(asked), await pressed(asked)];

    assert.notEqual(first, second);
    reads(await stepUpByBrowser(second, alex), /counts/);
    // By then the device may have carried it out.
    reads(await stepUpByBrowser(first, alex), /counts|You have approved #\d+ already/);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('keeps the click through a restart of the bot', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);

    await stage.sandbox.bot.restart();

    reads(await stepUpByBrowser(link, alex), /counts/);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
  });

  it('is not needed any more when somebody else has approved meanwhile', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const callback = await signInForStepUp(await pressed(asked), alex);
    await stage.press(priya, asked, 'approve');

    const page = await visit(callback);

    reads(page, /Your click changed nothing/);
    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
    assert.deepEqual(
      stage.sandbox.defender.actions().map(({ requestor }) => requestor),
      [priya.upn],
    );
  });

  it('stops nobody whose own sign-in needs none', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    await pressed(asked);

    await stage.press(priya, asked, 'approve');

    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
  });

  it('cancels with the sign-in of the one who cancels', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    askForExtraStep(stage.sandbox, alex);

    const link = linkOf(await stage.press(alex, asked, 'cancel', { comment: 'Wrong device' }));

    reads(await stepUpByBrowser(link, alex), /is being cancelled/);
    await stage.until(asked, 'Cancelled');
    assert.equal(stage.sandbox.defender.actions().at(-1)?.cancellationRequestor, alex.upn);
  });

  it('retries with the sign-in of the approver, when the one of Teams is not enough any more', async () => {
    stage.sandbox.faults.set({
      faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 2 } },
    });
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    const enough = askForExtraStep(stage.sandbox, alex);
    await stage.until(asked, 'Needs attention');

    const link = linkOf(await stage.press(alex, asked, 'retry'));
    reads(await stepUpByBrowser(link, alex), /Your approval of #\d+ counts/);

    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
    enough();
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.sandbox.defender.actions().length, 1);
  });

  it('is waited for with the wait that Defender asks for, as long as the token is at hand', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);
    stage.sandbox.faults.set({
      faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 2 } },
    });

    reads(await stepUpByBrowser(link, alex), /counts/);

    await stage.until(asked, /^(Pending|In progress|Succeeded)$/m);
  });

  it('belongs to its own request: another one that waits too is not decided by it', async () => {
    const [one, other] = [
      await stage.ask({ device: 'ws-finance-017' }),
      await stage.ask({ device: 'ws-design-044' }),
    ];
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(one);
    await pressed(other);

    reads(await stepUpByBrowser(link, alex), new RegExp(`Your approval of ${one.number} counts`));

    await stage.until(one, /^(Pending|In progress|Succeeded)$/m);
    assert.equal(stage.label(other), 'Awaiting approval');
    assert.equal(stage.submissions(other).length, 0);
  });

  it('lets the one who pressed look again where only they can see the action', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    reads(await stepUpByBrowser(await pressed(asked), alex), /counts/);
    await stage.until(asked, /Not confirmed since/);
    for (const { id } of stage.sandbox.defender.actions()) stage.sandbox.defender.finish(id, 'Succeeded');

    const link = linkOf(await stage.press(alex, asked, 'recheck'));

    reads(await stepUpByBrowser(link, alex), /was looked up/);
    await stage.until(asked, 'Succeeded');
  });

  it('leaves the status unconfirmed where only the approver could read it, and says since when', async () => {
    stage.sandbox.faults.set({ devicesOffline: true });
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    reads(await stepUpByBrowser(await pressed(asked), alex), /counts/);

    await stage.until(asked, /Not confirmed since \d\d:\d\d/);
    assert.equal(stage.label(asked), 'Pending');
  });

  it('shows its pages to nobody’s frame, stores them nowhere and says nothing of the link', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const link = await pressed(asked);
    const state = new URL(link).searchParams.get('state') ?? '';
    const page = await stepUpByBrowser(link, alex);

    assert.equal(page.headers.get('x-frame-options'), 'DENY');
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.ok(!page.text.includes(state));
    assert.ok(!stage.sandbox.bot.output().includes(state));
  });

  it('answers a made-up, doubled or missing state with a page, and leads nowhere', async () => {
    const { url } = stage.sandbox.bot;
    const made = 'a'.repeat(43);
    const queries = [
      '',
      '?state=',
      `?state=${made}`,
      `?state=${made}&state=${made}`,
      `?state=${made}&code=x&redirect_uri=https://evil.example`,
      '?state=<script>',
    ];
    for (const path of ['start', 'callback']) {
      for (const query of queries) {
        const page = await visit(`${url}/auth/${path}${query}`);
        assert.ok(page.status === 400 || page.status === 404, `${path}${query}: ${page.status}`);
        assert.equal(page.headers.get('location'), null);
        assert.ok(!page.text.includes('script>') && !page.text.includes('evil'));
      }
    }
  });
});

describe('A sign-in step that Teams cannot make, without an address of the bot for people', () => {
  const stage = setStage({ settings: { PUBLIC_URL: '' } });

  it('is told with the setting that an administrator has to make, and the request stays open', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);

    assert.match(told(await stage.press(alex, asked, 'approve')), /PUBLIC_URL/);

    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.equal((await visit(`${stage.sandbox.bot.url}/auth/start?state=${'a'.repeat(43)}`)).status, 404);
    await stage.press(priya, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });

  it('is told so at Retry', async () => {
    stage.sandbox.faults.set({
      faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 2 } },
    });
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    askForExtraStep(stage.sandbox, alex);
    await stage.until(asked, 'Needs attention');
    stage.sandbox.tokenService.signIn(alex);

    assert.match(told(await stage.press(alex, asked, 'retry')), /PUBLIC_URL/);
  });
});

describe('A sign-in step that Teams cannot make, while Defender takes nothing for a quarter of an hour', () => {
  // Of its own: whoever was asked to wait for so long does not ask again before.
  const stage = setStage();

  it('is asked for again at once, with the time from which it is of use', async () => {
    const asked = await stage.ask();
    askForExtraStep(stage.sandbox, alex);
    const { login } = await stage.press(alex, asked, 'approve');
    stage.sandbox.faults.set({
      faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 900 } },
    });

    reads(await stepUpByBrowser(login?.link ?? assert.fail(), alex), /counts/);

    await stage.until(asked, 'Needs attention');
    await stage.until(asked, /takes nothing before .* presses Retry after that/);
    assert.equal(stage.submissions(asked).length, 0);
  });
});
