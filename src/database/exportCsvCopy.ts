/** CSV at the speed of COPY: the server writes the lines, and only what a spreadsheet would run is looked for and rewritten. */
import { csvLines, type DelimitedOptions } from './exportDelimited.ts';
import { isFormula } from './exportFormula.ts';
import type { ByteSink } from './exportWriter.ts';
import type { ReadOnlySql } from './guard.ts';
import { quoteLiteral } from './literal.ts';
import { asSent } from './readOnlyTransaction.ts';
import type { TextStatement } from './session.ts';

const prefix = 'COPY (';

/**
 * The statement that has the server write CSV, or undefined where only rows will do. It goes by the extended protocol, which
 * takes one statement; a SELECT that the guard has parsed is balanced in its parentheses, so it cannot end the inner one.
 */
export function csvCopyOf(
  statement: ReadOnlySql,
  { delimiter, header, nullText }: DelimitedOptions,
): TextStatement | undefined {
  const isOneByte = Buffer.byteLength(delimiter) === 1;
  // COPY takes no parameters.
  if (statement.kind !== 'rows' || !isOneByte || statement.parameterCount > 0) return undefined;
  const options = `FORMAT csv, HEADER ${header ? 'true' : 'false'}, DELIMITER ${quoteLiteral(delimiter)}, NULL ${quoteLiteral(nullText)}`;
  return asSent(statement, prefix, `\n) TO STDOUT WITH (${options})`);
}

const quote = 0x22;
const lineFeed = 0x0a;
const outputBytes = 262_144;

/** What a byte at the start of a field may mean. */
const suspicious = 1;
const signs = 2;

/** Takes the server's lines and gives them to the sink, none split and none with a formula. */
export class CsvLineFilter {
  readonly #sink: ByteSink;
  readonly #options: DelimitedOptions;
  readonly #delimiter: number;
  readonly #starts = new Uint8Array(256);
  readonly #separators = new Uint8Array(256);
  #output = Buffer.allocUnsafe(outputBytes);
  #used = 0;
  #carried: Buffer | undefined;
  /** Whole lines so far, that of the header included. */
  lines = 0;

  constructor(options: DelimitedOptions, sink: ByteSink) {
    this.#sink = sink;
    this.#options = options;
    this.#delimiter = options.delimiter.charCodeAt(0);
    for (const each of '=@\t\r\n') this.#starts[each.charCodeAt(0)] = suspicious;
    this.#starts[0xef] = suspicious; // the first byte of full-width signs
    for (const each of '+-') this.#starts[each.charCodeAt(0)] = signs;
    for (const each of ',;\t|') this.#separators[each.charCodeAt(0)] = 1;
    this.#separators[this.#delimiter] = 0;
  }

  /** Takes bytes as the server sent them: nearly always one line, but that is no promise of the protocol. */
  take(bytes: Buffer): Promise<void> | undefined {
    const chunk = this.#carried === undefined ? bytes : Buffer.concat([this.#carried, bytes]);
    this.#carried = undefined;
    let busy: Promise<void> | undefined;
    let start = 0;
    while (start < chunk.length) {
      const end = endOfLine(chunk, start);
      if (end < 0) {
        this.#carried = Buffer.from(chunk.subarray(start));
        break;
      }
      busy = this.#line(chunk, start, end) ?? busy;
      start = end;
    }
    return busy;
  }

  /** Gives what is left. @throws KhipuError `file-failed` */
  async end(): Promise<void> {
    if (this.#carried !== undefined) await this.#line(this.#carried, 0, this.#carried.length);
    await this.#flush();
  }

  #line(chunk: Buffer, start: number, end: number): Promise<void> | undefined {
    this.lines += 1;
    if (!this.#options.guardFormulas || !this.#isSuspicious(chunk, start, end))
      return this.#append(chunk, start, end);
    const rewritten = Buffer.from(this.#rewrite(chunk.toString('utf8', start, end)));
    return this.#append(rewritten, 0, rewritten.length);
  }

  #append(chunk: Buffer, start: number, end: number): Promise<void> | undefined {
    const length = end - start;
    const busy = this.#used + length > this.#output.length ? this.#flush() : undefined;
    if (length > this.#output.length)
      return this.#sink.write(Buffer.from(chunk.subarray(start, end))) ?? busy;
    chunk.copy(this.#output, this.#used, start, end);
    this.#used += length;
    return busy;
  }

  #flush(): Promise<void> | undefined {
    const full = this.#output.subarray(0, this.#used);
    this.#output = Buffer.allocUnsafe(outputBytes);
    this.#used = 0;
    return this.#sink.write(full);
  }

  /** Whether a field may be a formula, or holds bare what another country's spreadsheet would split at. */
  #isSuspicious(chunk: Buffer, start: number, end: number): boolean {
    let inQuotes = false;
    let isStart = true;
    for (let at = start; at < end; at++) {
      const byte = chunk[at] ?? 0;
      if (isStart && byte !== quote) {
        const meaning = this.#starts[byte];
        if (meaning === suspicious && byte !== lineFeed) return true;
        if (meaning === suspicious && inQuotes) return true;
        if (meaning === signs && !this.#isNumber(chunk, at, end)) return true;
        isStart = false;
      }
      if (byte === quote) inQuotes = !inQuotes;
      else if (inQuotes) continue;
      else if (byte === this.#delimiter) isStart = true;
      else if (this.#separators[byte] === 1) return true;
    }
    return false;
  }

  #isNumber(chunk: Buffer, start: number, end: number): boolean {
    let at = start;
    while (at < end && chunk[at] !== this.#delimiter && chunk[at] !== lineFeed && chunk[at] !== quote)
      at += 1;
    return at - start < 400 && !isFormula(chunk.toString('latin1', start, at));
  }

  #rewrite(line: string): string {
    return csvLines([], this.#options).row(cellsOf(line, this.#options), 0);
  }
}

/** The end of the line that begins at `start`, its line feed included; -1 when it is not all there. */
function endOfLine(chunk: Buffer, start: number): number {
  let counted = start;
  let inQuotes = false;
  for (;;) {
    const feed = chunk.indexOf(lineFeed, counted);
    if (feed < 0) return -1;
    for (let at = chunk.indexOf(quote, counted); at >= 0 && at < feed; at = chunk.indexOf(quote, at + 1))
      inQuotes = !inQuotes;
    if (!inQuotes) return feed + 1;
    counted = feed + 1;
  }
}

/** The fields of one line of the server's CSV. */
function cellsOf(line: string, { delimiter, nullText }: DelimitedOptions): (string | null)[] {
  const cells: (string | null)[] = [];
  const text = line.replace(/\n$/, '');
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let end = at + 1;
      while (text[end] !== '"' || text[end + 1] === '"') end += text[end] === '"' ? 2 : 1;
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const next = text.indexOf(delimiter, at);
      const bare = text.slice(at, next < 0 ? text.length : next);
      cells.push(bare === nullText ? null : bare);
      at += bare.length;
    }
    if (at >= text.length) return cells;
    at += 1;
  }
}
