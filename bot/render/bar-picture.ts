import { PNG } from 'pngjs';
import type { Tone } from './tone.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** Neither light nor dark: each stands out by 3 to 1 at least (WCAG 1.4.11) from the cards of all themes of Teams. */
export const barColours = {
  good: [0x2e, 0x9b, 0x58],
  warning: [0xb7, 0x79, 0x1f],
  attention: [0xd6, 0x45, 0x50],
  accent: [0x63, 0x78, 0xd8],
  emphasis: [0x8a, 0x88, 0x86],
} as const satisfies Record<Tone, Rgb>;

/** Height of a bar on the card, in pixels. */
export const barHeight = 12;
/** Pictures are drawn for screens with two points to a pixel. */
const points = 2;

/** A bar of one colour as a PNG that stands in the card itself: nobody has to fetch anything, and nobody is told who looks. */
export function barPicture(tone: Tone, width: number): string {
  const picture = new PNG({ width: width * points, height: barHeight * points, colorType: 2 });
  const pixel = Buffer.from([...barColours[tone], 0xff]);
  picture.data.fill(pixel);
  return `data:image/png;base64,${PNG.sync.write(picture, { colorType: 2 }).toString('base64')}`;
}
