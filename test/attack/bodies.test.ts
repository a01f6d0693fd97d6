import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Person, otherTenantId } from '../../sandbox/world.ts';
import { riley, sam } from '../e2e/stage.ts';
import { slowBeginnings, slowConnection } from '../support/slow-connection.ts';
import { codeOf, setTarget } from './target.ts';

describe('An attack by body or connection', () => {
  const target = setTarget();
  const bot = () => new URL(target.stage.sandbox.bot.url);
  const token = () => target.stage.sandbox.channel.sign(target.stage.sandbox.teams.serviceUrl);

  const compressed: readonly (readonly [string, string, () => Uint8Array<ArrayBuffer>])[] = [
    ['a gzip bomb', 'gzip', () => new Uint8Array(gzipSync(Buffer.alloc(20_000_000, 0x20)))],
    ['what says it is gzip and is not', 'gzip', () => new Uint8Array(Buffer.from('no gzip at all'))],
    ['an unknown encoding', 'br', () => new Uint8Array(Buffer.from(JSON.stringify(target.command())))],
  ];
  for (const [what, encoding, body] of compressed) {
    it(`with ${what} is refused`, async () => {
      const answer = await fetch(`${bot().origin}/api/messages`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': encoding,
          authorization: `Bearer ${await token()}`,
        },
        body: body(),
      });
      assert.equal(answer.status, 415);
    });
  }

  it('with a body of five megabytes is refused', async () => {
    const body = JSON.stringify({ ...target.command(), text: 'x'.repeat(5_000_000) });
    await target.refused(body, [413], { token: await token() });
  });

  it('with lists nested a hundred thousand deep is refused', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await target.refused(deep, [400], { token: await token() });
  });

  it('with objects nested twenty thousand deep is refused', async () => {
    await target.refused(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, [400, 403], {
      token: await token(),
    });
  });

  it('with a hundred thousand names in one object is refused', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `"k${index}":1`).join(',');
    await target.refused(`{${names}}`, [400, 413], { token: await token() });
  });

  it('with twenty thousand names in one object, as many as get in, changes nothing of the answer', async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join(',');
    const press = JSON.stringify(target.press('refresh'));
    const inside: readonly (readonly [string, number])[] = [
      [press.replace('{', `{${names},`), 200],
      [press.replace('"channelData":{', `"channelData":{${names},`), 200],
      [press.replace('"from":{', `"from":{${names},`), 200],
      // No card of ours holds so many data.
      [press.replace('"data":{', `"data":{${names},`), 400],
    ];
    for (const [body, code] of inside) {
      assert.ok(Buffer.byteLength(body) < 256 * 1_024 && body !== press);
      const delivered = await target.send(body, { token: await token() });
      assert.deepEqual([delivered.status, codeOf(delivered)], [200, code]);
    }
  });

  it('with half a document is refused', async () => {
    await target.refused(JSON.stringify(target.command()).slice(0, -10), [400], { token: await token() });
  });

  it('with another content type is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      await target.refused(JSON.stringify(target.command()), [415], {
        token: await token(),
        headers: { 'content-type': type },
      });
  });

  it('with the sender named twice counts as the last one alone', async () => {
    const twice = async (first: Person, last: Person): Promise<string> => {
      const text = JSON.stringify(target.press('deny', last));
      const { from } = target.press('deny', first);
      const body = text.replace('{', `{"from":${JSON.stringify(from)},`);
      const delivered = await target.send(body, { token: await token() });
      assert.equal(delivered.status, 200);
      return delivered.text;
    };
    // Sam may deny, Riley may not: it is their own request.
    assert.match(await twice(sam, riley), /your own request/);
    target.expect({ label: 'Denied', submissions: 0 });
    assert.match(await twice(riley, sam), /Denied/);
  });

  it('with the tenant named twice counts as the last one alone', async () => {
    const foreign = `{"tenant":{"id":"${otherTenantId}"}}`;
    const body = JSON.stringify(target.press('deny', sam)).replace(/\}$/, `,"channelData":${foreign}}`);
    await target.refused(body, [403], { token: await token() });
  });

  it('with other parameters in the address counts as what the body says', async () => {
    const { aadObjectId } = target.press('deny', sam)['from'] as { aadObjectId: string };
    const more = `type=invoke&type=message&from[aadObjectId]=${aadObjectId}&from.aadObjectId=${aadObjectId}`;
    const answer = await fetch(
      `${bot().origin}/api/messages?${more}&value[action][verb]=approve&__proto__[x]=1`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
        body: JSON.stringify(target.press('deny', riley)),
      },
    );
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /your own request/);
  });

  it('with a method that the route does not know is refused', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const { status } = await fetch(`${bot().origin}/api/messages`, { method });
      assert.ok(status === 404 || status === 405, `${method}: ${status}`);
    }
  });

  it('with a path that climbs out is not found', async () => {
    for (const path of [
      '/api/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/api/messages/%00',
      '//api//messages',
    ])
      assert.ok([400, 404].includes(await raw(head(`GET ${path}`, 'x'))), path);
  });

  it('with a Host or a target that is no address is refused, and the bot goes on', async () => {
    for (const host of ['a b', '[', 'x:99999', 'x:y', 'a@b:c', '%', '<script>'])
      for (const begin of ['GET /healthz', 'POST /api/messages', 'DELETE /nowhere'])
        assert.equal(await raw(head(begin, host)), 400, `${begin}, ${host}`);
    for (const address of ['http://[', 'http://a:b@c:99999/', 'http://', 'healthz']) {
      const status = await raw(head(`GET ${address}`, 'x'));
      assert.ok(status === 400 || status === 404, `${address}: ${status}`);
    }
    assert.equal((await fetch(`${bot().origin}/healthz`)).status, 200);
  });

  it('that asks for another protocol and is cut off is answered as ever, and the bot goes on', async () => {
    const wish = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    for (const begin of ['GET /', 'GET /healthz', 'POST /api/messages']) {
      const status = await raw(`${begin} HTTP/1.1\r\nHost: x\r\n${wish}`);
      assert.equal(status, { 'GET /': 404, 'GET /healthz': 200 }[begin] ?? 401);
    }
    const { hostname, port } = bot();
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${wish}`),
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    assert.equal((await fetch(`${bot().origin}/healthz`)).status, 200);
  });

  it('of thousands of requests at once, whose answers nobody reads, is cut off and holds nothing', async () => {
    const { hostname, port } = bot();
    for (const version of ['HTTP/1.1', 'HTTP/1.0'])
      for (const path of ['/healthz', '/api/messages', '/nowhere']) {
        const ask = `GET ${path} ${version}\r\nHost: x\r\nConnection: keep-alive\r\n\r\n`;
        const socket = connect(Number(port), hostname, () => socket.write(ask.repeat(3_000)));
        socket.on('error', () => undefined);
        // Whoever is cut off in the middle of what they send hears of it, reading or not.
        await new Promise((resolve) => socket.once('close', resolve));
      }
    assert.equal((await fetch(`${bot().origin}/healthz`)).status, 200);
  });

  it('with two lengths in one request, to smuggle a second one, is refused', async () => {
    const head = 'POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    for (const lengths of [
      'Content-Length: 4\r\nContent-Length: 40\r\n',
      'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
    ])
      assert.equal(await raw(`${head}${lengths}Connection: close\r\n\r\n0\r\n\r\n`), 400, lengths);
  });

  it('with ten thousand headers is refused', async () => {
    const headers = Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1\r\n`).join('');
    assert.equal(await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`), 431);
  });

  it('with a header of a hundred kilobytes is refused', async () => {
    assert.equal(await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`), 431);
  });

  it('with line breaks in a header, to write another one, is refused', async () => {
    const answer = await raw('GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: 1\nSet-Cookie: a=b\r\n\r\n');
    assert.equal(answer, 400);
  });

  it('with two hundred connections that send a byte now and then is cut off, and holds up nobody', async function () {
    this.timeout(60_000);
    const port = Number(bot().port);
    const beginnings = Object.values(slowBeginnings);
    const slow = Array.from({ length: 200 }, (_, index) =>
      slowConnection(port, beginnings[index % beginnings.length] ?? '', 500),
    );
    try {
      await Promise.all(slow.map(({ socket }) => once(socket, 'connect')));
      const began = performance.now();
      for (let look = 0; look < 20; look += 1)
        assert.equal((await fetch(`${bot().origin}/healthz`)).status, 200);
      assert.equal((await target.send(target.press('refresh'))).status, 200);
      assert.ok(performance.now() - began < 5_000, 'others are answered as ever');

      const took = await Promise.all(slow.map(({ closed }) => closed));

      // 15 s for a whole request, and one look a second; the rest is for a machine that has much to do.
      assert.ok(Math.max(...took) < 25_000, `the last one after ${Math.max(...took)} ms`);
    } finally {
      for (const { socket } of slow) socket.destroy();
    }
  });

  function head(begin: string, host: string): string {
    return `${begin} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  }

  /** The status of what is written to a bare connection. */
  function raw(text: string): Promise<number> {
    const { hostname, port } = bot();
    return new Promise((resolve, reject) => {
      const socket: Socket = connect(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
        if (status === undefined) return;
        resolve(Number(status));
        socket.destroy();
      });
      socket.on('error', (error) => (answer === '' ? reject(error) : undefined));
    });
  }
});
