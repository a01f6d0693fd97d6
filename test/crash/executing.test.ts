import { playAll } from './play-all.ts';
import { executing } from './plays/executing.ts';

playAll('executing', executing);
