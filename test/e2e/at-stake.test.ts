import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { alex, incident, riley, sam, setStage } from './stage.ts';

const basic = ['Machine.Read', 'Machine.RestrictExecution'];

describe('What is at stake, on the card', () => {
  const stage = setStage({ signedIn: [alex, riley, sam] });
  const device = addressBook.device('ws-finance-017');
  const consent = (scopes?: readonly string[]) => {
    stage.sandbox.entra.setGrants(riley.key, scopes);
  };
  afterEach(() => {
    consent();
  });

  it('is what the requestor’s own token sees: alerts, users, and a restriction that is there', async () => {
    consent([...basic, 'Alert.Read', 'User.Read.All']);
    stage.sandbox.defender.addAction({
      deviceId: device.id,
      type: 'RestrictCodeExecution',
      requestor: 'soc.portal@contoso.example',
      status: 'Succeeded',
    });
    const seen = stage.wire.length;

    const asked = await stage.ask({ device });
    await stage.until(asked, /open alerts/);
    const text = stage.text(asked);

    assert.match(text, /Restricted already, since .* by soc\.portal@contoso\.example/);
    assert.match(
      text,
      /2 open alerts\nHigh · Beacon to a known command-and-control address\nMedium · Unsigned/,
    );
    assert.match(text, /logged on lately contoso\\dana\.lee, contoso\\svc-backup/);
    assert.ok(!text.includes('inbox rule'), 'a resolved alert is no open one');
    const calls = stage.wire.slice(seen).filter(({ to, as }) => to === 'defender' && as === riley.name);
    assert.ok(calls.length <= 4, `${calls.length} calls`);
  });

  it('leaves out what nobody consented to, without a word and without a call', async () => {
    const seen = stage.wire.length;

    const asked = await stage.ask({ device });
    await stage.until(asked, /Windows11/);
    const text = stage.text(asked);

    assert.ok(!/alert|logged on/i.test(text), text);
    const paths = stage.wire.slice(seen).map(({ what }) => what);
    assert.ok(!paths.some((what) => /alerts|logonusers/.test(what)), paths.join(', '));
  });

  it('shows before a lift what came since the restriction, and the last scan', async () => {
    consent([...basic, 'Alert.Read']);
    const { defender } = stage.sandbox;
    const server = addressBook.device('srv-files-01');
    const hoursAgo = (hours: number): number => Date.now() - hours * 3_600_000;
    const was = { deviceId: server.id, status: 'Succeeded' } as const;
    defender.addAction({ ...was, type: 'RestrictCodeExecution', createdAt: hoursAgo(5) });
    defender.addAction({ ...was, type: 'RunAntiVirusScan', scope: 'Full', createdAt: hoursAgo(4) });

    const asked = await stage.ask({ device: server, action: 'unrestrict' });
    await stage.until(asked, /antivirus scan/);
    const text = stage.text(asked);

    assert.match(text, /Restricted since .* by portal\.operator@contoso\.example/);
    assert.match(text, /1 alert since then, ended ones included\nThe last antivirus scan \(Full\) ended at /);
    assert.match(text, /1 open alert\nHigh · Unusual number of files renamed/);
  });

  it('is no hindrance: the request is approved and carried out as ever', async () => {
    consent([...basic, 'Alert.Read', 'User.Read.All']);

    const asked = await stage.ask({ device: 'srv-files-01', where: incident });
    await stage.press(alex, asked, 'approve');

    await stage.until(asked, 'Succeeded');
    assert.ok(!/open alert/.test(stage.text(asked)));
  });
});
