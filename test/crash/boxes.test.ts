import { playAll } from './play-all.ts';
import { boxes } from './plays/boxes.ts';

playAll('minding time boxes', boxes);
