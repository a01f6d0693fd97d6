import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Passage } from '../../src/platform/steps.ts';
import type { Trap } from './trap.ts';

/**
 * Loaded into the real bot before its first line: ends the process as a power cut would, the moment it passes the step
 * that the trap names. The bot knows nothing of it; it only says which steps it passes.
 */
const file = process.env['KILL_AT_STEP_FILE'];
let known = '';
let passes = 0;

if (file !== undefined) {
  subscribe('cordon:step', (message) => {
    const text = readFileSync(file, 'utf8');
    // Each trap that is laid counts from its own beginning.
    if (text !== known) passes = 0;
    known = text;
    if (text === '') return;
    const trap = JSON.parse(text) as Trap;
    const { step, requestId } = message as Passage;
    if (step !== trap.step || (trap.requestId !== undefined && trap.requestId !== requestId)) return;
    passes += 1;
    if (passes === trap.pass) process.kill(process.pid, trap.signal ?? 'SIGKILL');
  });
}
