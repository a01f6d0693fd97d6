import { playAll } from './play-all.ts';
import { drift } from './plays/drift.ts';

playAll('looking for what was changed elsewhere', drift);
