/**
 * Loaded before the bot's first line, `--import …/wrong-clock.ts?minutes=4`: the calendar of this process is wrong by so
 * much, as on a host whose time service died. Durations stay right.
 */
const minutes = Number(new URL(import.meta.url).searchParams.get('minutes'));
const TrueDate = Date;
const now = () => TrueDate.now() + minutes * 60_000;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args: unknown[], newTarget): Date =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new TrueDate(now()).toString(),
  get: (target, key): unknown => (key === 'now' ? now : Reflect.get(target, key)),
});
