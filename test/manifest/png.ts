import { inflateSync } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row. */
  readonly rgba: readonly (readonly [number, number, number, number])[];
}

/** Decodes an 8-bit RGBA PNG without interlacing (PNG specification, 9.2), which is how the outline icon is stored. */
export function decodePng(bytes: Buffer): Pixels {
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const raw = inflateSync(imageData(bytes));
  const stride = width * 4;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw.readUInt8(y * (stride + 1));
    for (let x = 0; x < stride; x++) {
      const left = x >= 4 ? out.readUInt8(y * stride + x - 4) : 0;
      const up = y > 0 ? out.readUInt8((y - 1) * stride + x) : 0;
      const corner = x >= 4 && y > 0 ? out.readUInt8((y - 1) * stride + x - 4) : 0;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      out[y * stride + x] = raw.readUInt8(y * (stride + 1) + 1 + x) + predicted;
    }
  }
  const rgba = Array.from({ length: width * height }, (_, at) => {
    const pixel = (channel: number): number => out.readUInt8(at * 4 + channel);
    return [pixel(0), pixel(1), pixel(2), pixel(3)] as const;
  });
  return { width, height, rgba };
}

function imageData(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const start = at + 8;
    if (bytes.toString('latin1', at + 4, start) === 'IDAT') {
      parts.push(bytes.subarray(start, start + bytes.readUInt32BE(at)));
    }
  }
  return Buffer.concat(parts);
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
