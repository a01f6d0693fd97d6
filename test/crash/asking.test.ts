import { playAll } from './play-all.ts';
import { asking } from './plays/asking.ts';

playAll('asking', asking);
