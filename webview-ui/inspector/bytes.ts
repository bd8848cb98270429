/** Bytes as Postgres writes them (`\x00ff`), as a hex view; and what kind of picture they are, by their first bytes. */

/** Bytes of a line of the hex view. */
export const bytesPerLine = 16;
/** More takes too much memory when it is drawn: four bytes a point. */
const mostPoints = 40_000_000;

export function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!text.startsWith('\\x')) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length - 2) / 2));
  const digit = (at: number): number => {
    const code = text.charCodeAt(at);
    return code <= 57 ? code - 48 : (code | 32) - 87;
  };
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = digit(2 + 2 * index) * 16 + digit(3 + 2 * index);
  return bytes;
}

export interface Picture {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

/** What picture it is; undefined when it is none, or one so large that it is not drawn. */
export function pictureOf(bytes: Uint8Array<ArrayBuffer>): Picture | undefined {
  const found = sizeOf(bytes, new DataView(bytes.buffer));
  if (found === undefined || found.width * found.height > mostPoints) return undefined;
  return found;
}

function sizeOf(bytes: Uint8Array, view: DataView): Picture | undefined {
  if (bytes.length < 30) return undefined;
  if (ascii(bytes, 0, 8) === '\u0089PNG\r\n\u001a\n' && ascii(bytes, 12, 4) === 'IHDR')
    return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6)))
    return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return webpSize(bytes, view);
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes, view) : undefined;
}

function webpSize(bytes: Uint8Array, view: DataView): Picture | undefined {
  const type = 'image/webp';
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const size = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1;
      return { type, width: size(24), height: size(27) };
    }
    default:
      return undefined;
  }
}

/** Goes from segment to segment to the one that begins the frame. */
function jpegSize(bytes: Uint8Array, view: DataView): Picture | undefined {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** One line: where it stands, its bytes, and the same as text where they are printable ASCII. */
export function hexLine(bytes: Uint8Array, from: number): string {
  const part = [...bytes.subarray(from, from + bytesPerLine)];
  const hex = part.map((byte, index) => `${index === 8 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`);
  const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
  return `${from.toString(16).padStart(8, '0')}  ${hex.join(' ').padEnd(48)}  ${text}`;
}
