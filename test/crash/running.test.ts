import { playAll } from './play-all.ts';
import { running } from './plays/running.ts';

playAll('running', running);
