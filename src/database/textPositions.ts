/** The three ways in which SQL positions are counted (UTF-8 bytes, code points, UTF-16 units) and the ways between them. */

/**
 * A UTF-8 byte offset (a location in the AST, `stmt_location`) as a UTF-16 offset. All offsets in this file are 0-based; one beyond
 * an end of the text gives that end, one within a character gives the character's beginning. A lone surrogate counts three bytes.
 */
export function bytesToUtf16(text: string, byte: number): number {
  return countedToUtf16(text, byte, bytesOf);
}

/** A UTF-16 offset as a UTF-8 byte offset. */
export function utf16ToBytes(text: string, offset: number): number {
  return utf16ToCounted(text, offset, bytesOf);
}

/** A code point offset (the position in an error of Postgres, less one) as a UTF-16 offset. */
export function codePointsToUtf16(text: string, codePoint: number): number {
  return countedToUtf16(text, codePoint, one);
}

/** A UTF-16 offset as a code point offset. */
export function utf16ToCodePoints(text: string, offset: number): number {
  return utf16ToCounted(text, offset, one);
}

/** Many look-ups of `bytesToUtf16` in one long text: one pass to begin with, after which each costs next to nothing. */
export function byteMapToUtf16(text: string): (byte: number) => number {
  if (Buffer.byteLength(text) === text.length) return (byte) => Math.min(Math.max(byte, 0), text.length);
  const marks = markEvery(text, 512);
  return (byte) => {
    const mark = lastMarkAtMost(marks, byte);
    return countedToUtf16(text, byte, bytesOf, mark);
  };
}

/** How much one code point counts in the other way of counting. */
type Measure = (codePoint: number) => number;

/** A boundary between two characters, in both ways of counting. */
interface Mark {
  readonly utf16: number;
  readonly counted: number;
}

const beginning: Mark = { utf16: 0, counted: 0 };

function one(): number {
  return 1;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function countedToUtf16(text: string, counted: number, measure: Measure, from = beginning): number {
  let at = from.utf16;
  let count = from.counted;
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0;
    count += measure(codePoint);
    if (count > counted) break;
    at += unitsOf(codePoint);
  }
  return at;
}

function utf16ToCounted(text: string, offset: number, measure: Measure): number {
  let count = 0;
  for (let at = 0; at < Math.min(offset, text.length);) {
    const codePoint = text.codePointAt(at) ?? 0;
    at += unitsOf(codePoint);
    if (at <= offset) count += measure(codePoint);
  }
  return count;
}

/** Remembers a place about every `stride` UTF-16 units, counted in bytes. */
function markEvery(text: string, stride: number): readonly Mark[] {
  const marks: Mark[] = [beginning];
  let counted = 0;
  let next = stride;
  for (let at = 0; at < text.length;) {
    if (at >= next) {
      marks.push({ utf16: at, counted });
      next = at + stride;
    }
    const codePoint = text.codePointAt(at) ?? 0;
    counted += bytesOf(codePoint);
    at += unitsOf(codePoint);
  }
  return marks;
}

function lastMarkAtMost(marks: readonly Mark[], counted: number): Mark {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle] ?? beginning).counted <= counted) low = middle;
    else high = middle - 1;
  }
  return marks[low] ?? beginning;
}
