import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { createPlay } from '../e2e/play.ts';
import { createRandom } from '../support/random.ts';
import { type Sample, growthOf } from './growth.ts';
import { mutateBytes, mutateValue } from './mutate.ts';
import { createSeeds } from './seeds.ts';

/**
 * `npm run fuzz -- --count 1000000 --seed 1`: mutated activities against the real bot over HTTP. No answer may be a fault of
 * ours, the process must live, its memory must not grow, and nothing may reach Defender. `--only N` sends one of them again.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
const atOnce = 24;
const answerMs = 20_000;
/** Of the answers; below it most were turned away at the door, and nothing behind it was tried. */
const leastSuccessShare = 0.25;
/** The channel's tokens hold for an hour; a long run takes several. */
const renewTokenMs = 4 * 60_000;
const tokenMark = '<token>';
/** Mostly with the right token, to get past the door. */
const withoutTokenShare = 0.15;
const bytesShare = 0.25;
const shown = 1_500;

const sandbox = await startSandbox({ page: false, settings: { LOG_LEVEL: 'error' } });
for (const person of sandbox.world.people) sandbox.tokenService.signOut(person);
// Teams knows every conversation that the activities name.
sandbox.connector.installedIn.has = () => true;
const play = createPlay(() => sandbox, []);
const asked = await Promise.all(
  ['ws-finance-017', 'ws-reception-02', 'ws-design-044'].map((device) => play.ask({ device })),
);
const seeds = createSeeds(
  sandbox,
  asked.map(({ requestId }) => requestId),
);
let token = { value: '', at: -Infinity };
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
const statuses = new Map<string, number>();
const problems: string[] = [];

interface Shot {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The same for the same seed and number, whatever came before it. */
function shotOf(number: number): Shot {
  const random = createRandom(seed * 1_000_003 + number);
  const activity = seeds(random, number);
  const isByBytes = random.chance(bytesShare);
  const text = JSON.stringify(isByBytes ? activity : mutateValue(random, activity));
  const bearer = random.chance(withoutTokenShare)
    ? random.pick(['', 'Bearer', 'Bearer x.y.z', `Bearer ${tokenMark}x`, `bearer ${tokenMark}`, 'Basic YTpi'])
    : `Bearer ${tokenMark}`;
  const kind = random.chance(0.05)
    ? random.pick(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', ''])
    : 'application/json; charset=utf-8';
  return {
    headers: {
      ...(kind === '' ? {} : { 'content-type': kind }),
      ...(bearer === '' ? {} : { authorization: bearer }),
      ...(random.chance(0.02) ? { 'content-encoding': random.pick(['gzip', 'br', 'deflate', 'x']) } : {}),
    },
    body: isByBytes ? mutateBytes(random, text) : Buffer.from(text),
  };
}

async function currentToken(): Promise<string> {
  const now = performance.now();
  if (now - token.at > renewTokenMs)
    token = { value: await sandbox.channel.sign(sandbox.teams.serviceUrl), at: now };
  return token.value;
}

async function shoot({ headers, body }: Shot): Promise<string> {
  const { authorization, ...rest } = headers;
  if (authorization === undefined) return send({ headers, body });
  const signed = authorization.replace(tokenMark, await currentToken());
  return send({ headers: { ...rest, authorization: signed }, body });
}

function send({ headers, body }: Shot): Promise<string> {
  return new Promise((resolve) => {
    const call = request(
      `${sandbox.bot.url}/api/messages`,
      {
        method: 'POST',
        agent,
        timeout: answerMs,
        headers: { ...headers, 'content-length': String(body.length) },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(String(answer.statusCode)));
        answer.once('error', () => resolve('cut off'));
      },
    );
    call.once('timeout', () => call.destroy(new Error('late')));
    call.once('error', (error) => resolve(error.message === 'late' ? 'no answer' : 'line broken'));
    call.end(body);
  });
}

/** 501: an invoke of another kind than a card's, as Bot Framework has it. The rest of the 5xx would be ours. */
function isFault(status: string): boolean {
  return !/^[2-4]\d\d$/.test(status) && status !== '501';
}

/** Lines of the bot's log that do no harm, each with its reason; every other one fails the run. */
const expectedLines: readonly RegExp[] = [];

function isExpected(line: string): boolean {
  return expectedLines.some((kind) => kind.test(line));
}

async function fire(number: number): Promise<void> {
  const shot = shotOf(number);
  const status = await shoot(shot);
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (isFault(status))
    problems.push(
      `--seed ${seed} --only ${number}: ${status}\n${JSON.stringify(shot.headers)}\n${shot.body.toString('utf8').slice(0, shown)}`,
    );
}

function residentMB(): number {
  const { pid } = sandbox.bot;
  if (pid === undefined) return Number.NaN;
  const kB = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB) / 1_024;
}

const began = performance.now();
const memory: Sample[] = [];
let next = values.only === undefined ? 0 : Number(values.only);
const end = values.only === undefined ? count : next + 1;
const everyShots = Math.max(1, Math.floor(count / 50));
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < end && problems.length < 5 && sandbox.bot.running) {
      const number = next;
      next += 1;
      if (number % everyShots === 0) memory.push({ sent: number, mb: residentMB() });
      await fire(number);
    }
  }),
);
const seconds = (performance.now() - began) / 1_000;
agent.destroy();

const growth = growthOf(memory, count);
const succeeded = [...statuses].reduce(
  (sum, [status, times]) => sum + (status.startsWith('2') ? times : 0),
  0,
);
const successShare = succeeded / next;
if (!sandbox.bot.running) problems.push('The bot has ended.');
// Of a run that ended early there is no half to compare with the other.
const isWhole = values.only === undefined && next >= end;
if (isWhole) {
  if (growth.isTooMuch)
    problems.push(`Memory grew from ${growth.before.toFixed(0)} to ${growth.after.toFixed(0)} MB.`);
  if (successShare < leastSuccessShare)
    problems.push(`Only ${(100 * successShare).toFixed(0)} % of the answers were 2xx: little was tried.`);
}
const sent = sandbox.defender.submissions().length;
if (sent > 0) problems.push(`${sent} submissions reached Defender.`);
// To deny and to withdraw takes no sign-in, and may be what a mutation says.
for (const one of asked)
  if (!/^(Awaiting approval|Denied|Withdrawn)$/.test(play.label(one) ?? ''))
    problems.push(`${one.number} is ${play.label(one) ?? 'gone'}.`);
const said = sandbox.bot
  .output()
  .split('\n')
  .filter((line) => line !== '' && !isExpected(line));
if (said.length > 0)
  problems.push(`${said.length} errors logged, the first:\n${said[0]?.slice(0, shown) ?? ''}`);
await sandbox.stop();

const table = [...statuses].sort().map(([status, times]) => `${status}: ${times}`);
console.log(`${next} activities in ${seconds.toFixed(0)} s, ${(next / seconds).toFixed(0)} a second`);
console.log(`answers      ${table.join(', ')}`);
console.log(
  `2xx          ${(100 * successShare).toFixed(0)} %, at least ${100 * leastSuccessShare} % wanted`,
);
if (isWhole)
  console.log(
    `resident MB  ${growth.before.toFixed(0)} → ${growth.after.toFixed(0)} after the warm-up, ${growth.limitMB.toFixed(0)} more allowed; slope ${growth.bytesPerActivity.toFixed(0)} bytes for each`,
  );
console.log(`errors       ${said.length}`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
