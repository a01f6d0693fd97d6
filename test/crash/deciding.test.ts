import { playAll } from './play-all.ts';
import { deciding } from './plays/deciding.ts';

playAll('deciding', deciding);
