import assert from 'node:assert/strict';
import { cardTexts } from '../../sandbox/card-reading.ts';
import type { Device } from '../../sandbox/world.ts';
import { namedDevice } from '../support/many-devices.ts';
import { told } from './play.ts';
import { alex, riley, sam, setStage } from './stage.ts';

const basic = ['Machine.Read', 'Machine.RestrictExecution'];
const floor = Array.from({ length: 50 }, (_, index) =>
  namedDevice(`pc-floor-${index + 1}.contoso.example`, { risk: 'None' }),
);
const controller = namedDevice('dc-01.contoso.example', {
  os: 'WindowsServer2022',
  value: 'High',
  risk: 'High',
});
const asleep = namedDevice('pc-asleep.contoso.example', { health: 'Inactive', online: false });
const mac = namedDevice('mb-01.contoso.example', { os: 'macOS' });

describe('What is at stake on each of several devices, on the card', () => {
  const stage = setStage({ signedIn: [alex, sam], moreDevices: [...floor, controller, asleep, mac] });
  const listOf = (some: readonly Device[]): string => some.map(({ id }) => id).join(',');
  const callsAs = (name: string, since: number): string[] =>
    stage.wire.slice(since).flatMap(({ to, as, what }) => (to === 'defender' && as === name ? [what] : []));
  const consent = (scopes?: readonly string[]): void => {
    stage.sandbox.entra.setGrants(riley.key, scopes);
  };
  afterEach(() => {
    consent();
  });

  it('tells a workstation from a domain controller, and what cannot be done, before anybody approves', async () => {
    stage.sandbox.tokenService.signIn(riley);
    stage.sandbox.defender.addAction({
      deviceId: controller.id,
      type: 'RestrictCodeExecution',
      requestor: 'soc.portal@contoso.example',
      status: 'Succeeded',
    });
    const [first = assert.fail()] = floor;
    const seen = stage.wire.length;

    const asked = await stage.ask({ typed: listOf([first, controller, asleep, mac]) });
    await stage.until(asked, /WindowsServer2022/);

    const text = stage.text(asked);
    assert.match(text, /4 devices: 1 Needs attention · 3 Awaiting approval/);
    assert.match(text, /3 devices still await approval\. Nothing is done on 1 device: its row says why\./);
    assert.match(text, /pc-floor-1\.contoso\.example\n[0-9a-f]{40} · Windows11\n/);
    assert.match(
      text,
      /dc-01\S+\n.*WindowsServer2022 · value High · risk High · restricted already since .* by soc\.portal@contoso\.example\n/,
    );
    assert.match(text, /pc-asleep\S+\n.*offline since .* or so\n/);
    assert.match(text, /Needs attention {2}mb-01\S+\n.*not possible on its operating system, macOS\n/);
    assert.match(
      text,
      /read of every device that awaits approval at .* offline stays Pending until it connects/,
    );
    assert.match(text, /Alerts and who was logged on are not looked up/);
    assert.deepEqual(callsAs(riley.name, seen), ['GET machines', 'GET machineactions']);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /1 Pending · 2 Succeeded/);
    const sent = stage.submissions(asked).map(({ deviceId }) => deviceId);
    assert.deepEqual(sent.toSorted(), [first.id, controller.id, asleep.id].toSorted());
    assert.doesNotMatch(stage.text(asked), /WindowsServer2022|restricted already/);
  });

  it('is shown by whoever opens the card and is signed in, with their own token, once', async () => {
    const asked = await stage.ask({ typed: listOf(floor.slice(0, 10)) });
    assert.match(stage.text(asked), /facts were not read of any device yet/);
    const seen = stage.wire.length;

    const answer = await stage.pressAnyway(alex, asked, 'refresh');
    await stage.until(asked, /read of every device/);
    await stage.pressAnyway(sam, asked, 'refresh');

    assert.match(told(answer), /pc-floor-10\S* {2}Windows11/);
    assert.deepEqual(callsAs(alex.name, seen), ['GET machines', 'GET machineactions']);
    assert.deepEqual(callsAs(sam.name, seen), []);
    assert.deepEqual(callsAs(riley.name, seen), []);
  });

  it('is read of fifty within the calls of one card, and fits', async () => {
    stage.sandbox.tokenService.signIn(riley);
    consent([...basic, 'Alert.Read', 'User.Read.All']);
    const seen = stage.wire.length;

    const asked = await stage.ask({ typed: listOf(floor) });
    await stage.until(asked, /read of every device/);

    assert.deepEqual(callsAs(riley.name, seen), ['GET machines', 'GET machineactions']);
    const { card } = stage.card(asked);
    assert.ok(Buffer.byteLength(JSON.stringify(card), 'utf8') < 28_000);
    const rows = cardTexts(card ?? {}).filter((text) =>
      /^Awaiting approval {2}pc-floor-\d+\S* {2}Windows11$/.test(text),
    );
    assert.equal(rows.length, 50);
  });

  it('counts the alerts of two', async () => {
    stage.sandbox.tokenService.signIn(riley);
    consent([...basic, 'Alert.Read']);
    const finance = namedDevice('ws-finance-017.contoso.example');
    const seen = stage.wire.length;

    const asked = await stage.ask({ typed: 'ws-finance-017,srv-files-01' });
    await stage.until(asked, /read of every device/);

    assert.match(stage.text(asked), new RegExp(`${finance.name}\n.*2 open alerts, worst High`));
    assert.match(stage.text(asked), /Who was logged on is not looked up/);
    const ofCard = callsAs(riley.name, seen).slice(-4);
    assert.deepEqual(ofCard.toSorted(), ['GET alerts', 'GET alerts', 'GET machineactions', 'GET machines']);
  });

  it('holds nobody up: it is approved as ever when Defender lists nothing', async () => {
    stage.sandbox.tokenService.signIn(riley);
    stage.sandbox.faults.set({
      faults: { 'defender.list': { kind: 'status', status: 403, code: 'Forbidden', times: 1 } },
    });
    const asked = await stage.ask({ typed: listOf(floor.slice(0, 3)) });
    await stage.until(asked, /Whether 3 devices are restricted already was not read/);

    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });
});
