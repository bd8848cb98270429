/**
 * Reads the server's messages as they come in, before pg makes strings of them, so that a cell of any size costs neither memory
 * nor time: pg would put a row together whole and decode it in one go, which takes 100 ms and more for 50 MB.
 */

/** What is done with the cells of the rows that come next. */
export interface RowRule {
  /** Bytes of a cell that are kept; the rest is only counted. */
  readonly keptBytes: number;
  /** The columns that are wanted; in a long row, nothing is kept of the others. All when left out. */
  readonly columns?: ReadonlySet<number>;
  /** A cell that is handed over whole, and kept out of the row. */
  readonly tapped?: CellTap;
}

export interface CellTap {
  readonly column: number;
  /** Takes a part of the cell; the bytes are the receiver's only until it returns. */
  readonly onPart: (bytes: Buffer) => void;
  /** Told before the first part, and told alone when the cell is NULL. */
  readonly onStart: (isNull: boolean) => void;
}

/** By column: how many UTF-16 units a cell has of which only the beginning was kept. */
export type CutLengths = ReadonlyMap<number, number>;

const dataRow = 'D'.charCodeAt(0);
/** One byte of kind, four of length. */
const headBytes = 5;
/** A row that is shorter is not worth leaving out the columns that are not wanted. */
const longRow = 64_000;
const noCuts: CutLengths = new Map();

/** One connection's incoming bytes; the order of everything stays. */
export class WireRows {
  /** Undefined lets everything through as it is. */
  rule: RowRule | undefined;
  /** Of the row that is being handed on. */
  cuts: CutLengths = noCuts;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes still to come of a message that is let through. */
  #passing = 0;
  #row: RowCutter | undefined;

  /** @param pass takes bytes that pg is to see, before this returns */
  take(chunk: Buffer, pass: (bytes: Buffer) => void): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    let from = 0;
    let at = 0;
    const flush = (): void => {
      if (at > from) pass(bytes.subarray(from, at));
    };
    while (at < bytes.length) {
      if (this.#row !== undefined) {
        from = at = this.#cut(this.#row, bytes, at, pass);
      } else if (this.#passing > 0) {
        const step = Math.min(this.#passing, bytes.length - at);
        at += step;
        this.#passing -= step;
      } else if (bytes.length - at < headBytes) {
        flush();
        this.#held = Buffer.from(bytes.subarray(at)); // a head that came in two parts
        return;
      } else {
        const length = bytes.readUInt32BE(at + 1);
        const { rule } = this;
        if (bytes[at] !== dataRow || !isCut(rule, length)) {
          this.#passing = 1 + length;
          continue;
        }
        flush();
        at += headBytes;
        from = at;
        this.#row = new RowCutter(rule, length - 4);
      }
    }
    flush();
  }

  #cut(row: RowCutter, bytes: Buffer, from: number, pass: (bytes: Buffer) => void): number {
    const to = row.take(bytes, from);
    if (!row.done) return to;
    this.#row = undefined;
    this.cuts = row.cuts;
    pass(row.message());
    this.cuts = noCuts;
    return to;
  }
}

function isCut(rule: RowRule | undefined, length: number): rule is RowRule {
  if (rule === undefined) return false;
  if (rule.tapped !== undefined) return true;
  return length > (rule.columns === undefined ? rule.keptBytes : Math.min(longRow, rule.keptBytes));
}

/** One DataRow that is put together anew: a count of cells, and for each its length (-1 for NULL) and its bytes. */
class RowCutter {
  readonly cuts = new Map<number, number>();
  readonly #rule: RowRule;
  /** Bytes of the message still to come. */
  #left: number;
  #parts: Buffer[] = [];
  #size = 0;
  #head: number[] = [];
  #column = -1;
  #cellLeft = 0;
  #keepLeft = 0;
  #kept: Buffer[] = [];
  /** -1 while they need not be counted. */
  #units = -1;

  constructor(rule: RowRule, length: number) {
    this.#rule = rule;
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  /** @returns where it stopped: at the end of the bytes, or of the row */
  take(bytes: Buffer, from: number): number {
    let at = from;
    const end = Math.min(bytes.length, from + this.#left);
    while (at < end) {
      if (this.#cellLeft > 0) {
        const part = bytes.subarray(at, Math.min(end, at + this.#cellLeft));
        at += part.length;
        this.#cellLeft -= part.length;
        this.#takeOfCell(part);
        if (this.#cellLeft === 0) this.#endCell();
        continue;
      }
      this.#head.push(bytes[at++] ?? 0);
      if (this.#head.length === (this.#column < 0 ? 2 : 4)) this.#takeHead(Buffer.from(this.#head));
    }
    this.#left -= end - from;
    return end;
  }

  message(): Buffer {
    const head = Buffer.alloc(headBytes);
    head[0] = dataRow;
    head.writeUInt32BE(this.#size + 4, 1);
    return Buffer.concat([head, ...this.#parts]);
  }

  #takeHead(head: Buffer): void {
    this.#head = [];
    if (this.#column < 0) {
      this.#column = 0;
      this.#add(head);
      return;
    }
    const length = head.readInt32BE(0);
    this.#tap?.onStart(length < 0);
    if (length <= 0) {
      this.#add(head);
      this.#column += 1;
      return;
    }
    const { keptBytes, columns, tapped } = this.#rule;
    const isWanted = tapped === undefined && (columns?.has(this.#column) ?? true);
    this.#cellLeft = length;
    this.#keepLeft = isWanted ? keptBytes : 0;
    this.#units = isWanted && keptBytes < length ? 0 : -1;
  }

  #takeOfCell(part: Buffer): void {
    this.#tap?.onPart(part);
    if (this.#units >= 0) this.#units += utf16Units(part);
    if (this.#keepLeft === 0) return;
    const kept = part.subarray(0, this.#keepLeft);
    this.#keepLeft -= kept.length;
    this.#kept.push(Buffer.from(kept));
  }

  #endCell(): void {
    const length = Buffer.alloc(4);
    length.writeInt32BE(
      this.#kept.reduce((sum, part) => sum + part.length, 0),
      0,
    );
    this.#add(length);
    for (const part of this.#kept) this.#add(part);
    if (this.#units >= 0) this.cuts.set(this.#column, this.#units);
    this.#kept = [];
    this.#column += 1;
  }

  get #tap(): CellTap | undefined {
    const { tapped } = this.#rule;
    return tapped?.column === this.#column ? tapped : undefined;
  }

  #add(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }
}

/** UTF-16 units of a part of a text in UTF-8: one for each first byte, and one more for those of four bytes. */
function utf16Units(part: Buffer): number {
  let units = 0;
  // By index: an iterator takes five times as long, and this runs over every byte of a long cell.
  for (let index = 0; index < part.length; index++) {
    const byte = part[index] as number;
    if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2;
  }
  return units;
}
