import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const screenshots = join(import.meta.dirname, '..', '..', 'screenshots', 'gallery');

/** How different one dot may be before it counts, of 1: edges of letters differ between machines. */
const dotTolerance = 0.2;
/** And how many of all dots may differ so. One changed word of a card is more. */
const differingShare = 0.000_5;

/** Whether two pictures show the same. Of others, `screenshots/gallery` gets the new one and what differs. */
export async function compareWithGolden(
  name: string,
  taken: Buffer,
  golden: string,
): Promise<string | undefined> {
  const kept = await readFile(golden).catch(() => undefined);
  if (kept === undefined) return `there is no ${golden}`;
  const before = PNG.sync.read(kept);
  const after = PNG.sync.read(taken);
  const { width, height } = before;
  if (after.width !== width || after.height !== height) {
    await keep(name, taken);
    return `is ${after.width} by ${after.height}, was ${width} by ${height}`;
  }
  const difference = new PNG({ width, height });
  const dots = pixelmatch(before.data, after.data, difference.data, width, height, {
    threshold: dotTolerance,
  });
  if (dots <= width * height * differingShare) return undefined;
  await keep(name, taken);
  await keep(`${name}.difference`, PNG.sync.write(difference));
  return `differs in ${dots} dots; see screenshots/gallery/${name}.difference.png`;
}

/** Of 256: each channel keeps 16 values. */
const colourStep = 17;

async function keep(name: string, picture: Buffer): Promise<void> {
  await writePicture(join(screenshots, `${name}.png`), picture);
}

export async function writePicture(file: string, picture: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, picture);
}

/** The picture in few colours: as good to compare and to look at, and a third of the size in the repository. */
export function small(picture: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(picture);
  const few = new PNG({ width, height });
  few.data = Buffer.from(data.map((value) => Math.round(value / colourStep) * colourStep));
  return PNG.sync.write(few, { deflateLevel: 9, deflateStrategy: 0, filterType: 0, colorType: 2 });
}
