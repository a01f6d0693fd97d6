const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Colour types 4 and 6 carry an alpha channel (PNG specification, 11.2.1). */
const alphaTypes = [4, 6];

export interface IconRule {
  readonly file: string;
  /** Width and height in pixels. */
  readonly size: number;
  readonly transparent: boolean;
}

/** Says what Teams would refuse of an icon, from the PNG header alone. */
export function iconFaults({ file, size, transparent }: IconRule, bytes: Uint8Array): string[] {
  // Signature, length and name of IHDR, width, height, bit depth, colour type: 26 bytes.
  const isPng = bytes.length >= 26 && signature.every((byte, at) => bytes[at] === byte);
  if (!isPng) return [`${file}: expected a PNG`];
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const width = header.getUint32(16);
  const height = header.getUint32(20);
  const faults: string[] = [];
  if (width !== size || height !== size) {
    faults.push(`${file}: expected ${size}×${size} pixels, found ${width}×${height}`);
  }
  if (transparent && !alphaTypes.includes(header.getUint8(25))) {
    faults.push(`${file}: expected a transparent background`);
  }
  return faults;
}
