import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

const module = new URL('../../../src/platform/log.ts', import.meta.url).href;
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJvaWQiOiJhbGV4In0.c2lnbmF0dXJlLW9mLXRoaXM';

/** What a process writes that logs this; the logger holds on to the real standard output. */
function logged(...run: Parameters<typeof written>): Record<string, unknown>[] {
  return written(...run)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function written(script: string, level = 'info', secrets: readonly string[] = []): string {
  const program = `
    import { createLog } from ${JSON.stringify(module)};
    const log = createLog(${JSON.stringify(level)}, ${JSON.stringify(secrets)});
    const jwt = ${JSON.stringify(jwt)};
    ${script}`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}

describe('the log', () => {
  it('is JSON lines with time, level, fixed words and fields', () => {
    const [line, ...more] = logged(`log.debug({}, 'hidden'); log.warn({ queue: 'submit' }, 'job failed');`);

    assert.deepEqual(more, []);
    assert.equal(line?.['level'], 'warn');
    assert.equal(line['msg'], 'job failed');
    assert.equal(line['queue'], 'submit');
    assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  const leaks: readonly (readonly [string, string])[] = [
    ['a JWT in a value', `log.info({ note: 'got ' + jwt + ' there' }, 'x')`],
    ['a JWT without its signature', `log.info({ note: jwt.split('.').slice(0, 2).join('.') }, 'x')`],
    ['a bearer header in a value', `log.info({ headers: 'Authorization: Bearer opaque-hunter2' }, 'x')`],
    ['a field named token', `log.info({ accessToken: 'hunter2', refresh_token: 'hunter2' }, 'x')`],
    [
      'other named fields',
      `log.info({ client_secret: 'hunter2', Password: 'hunter2', assertion: 'hunter2' }, 'x')`,
    ],
    [
      'cookies and keys',
      `log.info({ Cookie: 'hunter2', privateKey: 'hunter2', 'private-key': 'hunter2' }, 'x')`,
    ],
    ['nested fields', `log.info({ a: { b: [{ authorization: 'hunter2' }] } }, 'x')`],
    [
      'a named field that is not text',
      `log.info({ token: { value: 'hunter2' }, secrets: ['hunter2'] }, 'x')`,
    ],
    ['a known secret', `log.info({ url: 'https://x/?s=hunter2-known' }, 'x')`],
    ['an error’s message', `log.error({ err: new Error('failed with ' + jwt) }, 'x')`],
    ['an error’s cause', `log.error({ err: new Error('a', { cause: new Error('Bearer hunter2') }) }, 'x')`],
    [
      'what a library hangs on its errors',
      `log.error({ err: Object.assign(new Error('a'), { config: { data: 'hunter2' }, response: { body: jwt } }) }, 'x')`,
    ],
    [
      'an error in a list',
      `log.error({ errors: [Object.assign(new Error('a'), { data: 'hunter2' })] }, 'x')`,
    ],
    ['the message itself', `log.info({}, 'x ' + jwt)`],
    ['the name of a field', `log.info({ [jwt]: 1, a: { 'Bearer hunter2': 1, 'hunter2-known': 1 } }, 'x')`],
    ['a JWT inside a longer word', `log.info({ note: 'token-' + jwt + ',v1.' + jwt }, 'x')`],
    ['a JWT where a long text is cut', `log.info({ note: 'x '.repeat(990) + jwt }, 'x')`],
    [
      'a known secret where a long text is cut',
      `log.info({ note: '-'.repeat(1_992) + 'hunter2-known' }, 'x')`,
    ],
  ];
  it('lets no secret through, wherever it stands', () => {
    const script = leaks.map(([, line]) => `${line};`).join('\n');

    const lines = logged(script, 'debug', ['hunter2-known']).map((line) => JSON.stringify(line));

    assert.equal(lines.length, leaks.length);
    for (const [index, line] of lines.entries()) {
      assert.ok(!/hunter|eyJhbGci/.test(line), `${leaks[index]?.[0] ?? ''}: ${line}`);
    }
  });

  it('hides a secret from the moment on that it is known', () => {
    const [line] = logged(`
      const secrets = new Set(['the-first-one']);
      const live = createLog('info', secrets);
      secrets.add('the-rotated-one');
      live.info({ note: 'the-rotated-one' }, 'the-first-one');`);

    assert.deepEqual([line?.['note'], line?.['msg']], ['[redacted]', '[redacted]']);
  });

  it('keeps what helps: name, code, message and stack of an error and of its cause', () => {
    const [line] = logged(`
      const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      log.warn({ err: new TypeError('fetch failed', { cause }) }, 'x');`);

    const error = line?.['err'] as { name: string; message: string; stack: string; cause: { code: string } };
    assert.equal(error.name, 'TypeError');
    assert.equal(error.message, 'fetch failed');
    assert.match(error.stack, /TypeError: fetch failed\n/);
    assert.equal(error.cause.code, 'ECONNREFUSED');
  });

  it('survives what is endless, enormous or refers to itself', () => {
    const lines = logged(`
      const loop = {}; loop.self = loop;
      log.info({ loop, long: 'x'.repeat(100_000), list: Array(10_000).fill(1), n: 1n }, 'x');
      log.info({ ok: true }, 'y');`);

    assert.equal(lines.length, 2);
    assert.ok(JSON.stringify(lines[0]).length < 10_000);
  });

  it('is one line of printable characters for each entry, which a parser reads as it was', () => {
    const hostile =
      'a\r\n{"level":"fatal"}\u0085\u2028\u2029\u009B31m\u007F\u202E\u2066\u200F\uFEFF\u{E0041}b';
    const out = written(`
      const hostile = ${JSON.stringify(hostile)};
      log.info({ name: hostile, [hostile]: 1, err: new Error(hostile) }, hostile);`);

    assert.doesNotMatch(out.slice(0, -1), /[\u0000-\u001F\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/u);
    const line = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual(
      [line['level'], line['name'], line[hostile], line['msg']],
      ['info', hostile, 1, hostile],
    );
  });

  it('takes a time that grows with the length of a text, not with its square', () => {
    const [line] = logged(
      `
      const quickest = (text) => Math.min(...Array.from({ length: 7 }, () => {
        const began = performance.now();
        log.debug({ text }, 'x');
        return performance.now() - began;
      }));
      const shapes = ['eyJ', '-eyJ', 'eyJaaaaa', 'a.', 'aaaaaaaaa.', 'Bearer ', ' ', 'eyJaaaaaaaa.a.'];
      quickest('-eyJ'.repeat(50_000));
      const ratios = shapes.map((unit) =>
        quickest(unit.repeat(400_000 / unit.length)) / quickest(unit.repeat(20_000 / unit.length)));
      log.info({ ratios }, 'measured');`,
      'debug',
    ).filter(({ msg }) => msg === 'measured');

    // Twenty times the length takes a square 400 times as long; a busy machine does not come near that.
    const ratios = line?.['ratios'] as number[];
    assert.ok(ratios.length === 8 && ratios.every((ratio) => ratio < 120), String(ratios));
  });
});
