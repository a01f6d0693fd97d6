import type { ServerResponse } from 'node:http';
import type { Wire, WireRecord } from './wire.ts';

export type CallNote = Pick<WireRecord, 'from' | 'to' | 'what'> & { as?: string; detail?: unknown };

/** Puts a call on the wire once its answer left (or its line was cut); the note may be filled until then. */
export function recordCall(wire: Wire, res: ServerResponse, note: CallNote): CallNote {
  const started = performance.now();
  res.once('close', () => {
    wire.record({
      ...note,
      ...(res.writableFinished ? { status: res.statusCode } : {}),
      ms: Math.round(performance.now() - started),
    });
  });
  return note;
}
