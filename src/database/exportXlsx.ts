/** XLSX, streamed: one worksheet whose XML is deflated as it grows, so that no more than a few rows are in memory. */
import { PassThrough } from 'node:stream';
import type { ZipFile } from 'yazl';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import { isFormula } from './exportFormula.ts';
import { isPlainNumber, type ExportColumn } from './exportValues.ts';
import type { ByteSink, MakeWriter, RowWriter } from './exportWriter.ts';
import { fixedParts, sheetPath, styles } from './xlsxParts.ts';

/** Rows of data: Excel's 1,048,576 without the header. */
export const xlsxRowCap = 1_048_575;
/** Excel's most characters of a cell. */
const longestCell = 32_767;
const chunkLength = 65_536;

export interface XlsxOptions {
  readonly header: boolean;
  readonly guardFormulas: boolean;
  /** At most `xlsxRowCap`. */
  readonly rowCap: number;
}

/** Loads the packer and makes writers of one worksheet. */
export async function loadXlsxWriter(options: XlsxOptions): Promise<MakeWriter> {
  const { default: yazl } = await import('yazl'); // by its default: it is CommonJS
  const { ZipFile: Zip } = yazl;
  return (columns, sink) => new XlsxWriter(new Zip(), columns, options, sink);
}

class XlsxWriter implements RowWriter {
  readonly #sheet = new PassThrough();
  readonly #packed: Promise<void>;
  readonly #columns: readonly ExportColumn[];
  readonly #letters: readonly string[];
  readonly #options: XlsxOptions;
  #xml: string;
  #line = 0;
  #rows = 0;
  #cut = 0;
  #leftOut = false;
  #drained: Promise<void> | undefined;

  constructor(zip: ZipFile, columns: readonly ExportColumn[], options: XlsxOptions, sink: ByteSink) {
    this.#columns = columns;
    this.#letters = columns.map((_, index) => columnLetters(index));
    this.#options = options;
    this.#packed = pump(zip, sink);
    this.#packed.catch(() => undefined); // told by `end`
    for (const [path, xml] of fixedParts) zip.addBuffer(Buffer.from(xml), path);
    // Level 1 packs XML to a tenth already; more would make the export wait for the packer.
    zip.addReadStream(this.#sheet, sheetPath, { compressionLevel: 1 });
    zip.end();
    this.#xml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`;
    if (options.header)
      this.#append(
        columns.map(({ name }) => name),
        styles.header,
      );
  }

  get full(): boolean {
    return this.#leftOut;
  }

  row(cells: ResultRow): Promise<void> | undefined {
    if (this.#rows >= this.#options.rowCap) {
      this.#leftOut = true;
      return undefined;
    }
    this.#rows += 1;
    this.#append(cells, undefined);
    if (this.#xml.length < chunkLength) return undefined;
    const chunk = this.#xml;
    this.#xml = '';
    return this.#write(chunk);
  }

  #write(chunk: string): Promise<void> | undefined {
    if (this.#sheet.write(chunk)) return undefined;
    this.#drained ??= new Promise<void>((resolve) => {
      this.#sheet.once('drain', resolve);
    }).then(() => (this.#drained = undefined));
    return Promise.race([this.#drained, this.#packed]);
  }

  #append(cells: ResultRow, style: number | undefined): void {
    this.#line += 1;
    let xml = `<row r="${this.#line}">`;
    for (let index = 0; index < cells.length; index++) {
      const text = cells[index] ?? null;
      if (text === null) continue;
      const place = `<c r="${this.#letters[index] ?? ''}${this.#line}"`;
      xml += place + (style === undefined ? this.#cell(text, index) : stringCell(this.#fit(text), style));
    }
    this.#xml += `${xml}</row>`;
  }

  #cell(text: string, index: number): string {
    const kind = this.#columns[index]?.kind ?? 'text';
    if (kind === 'boolean') return ` t="b"><v>${text === 't' ? 1 : 0}</v></c>`;
    if (isPlainNumber(kind, text) && (kind.startsWith('float') || holdsInExcel(text)))
      return `><v>${text}</v></c>`;
    const quoted = this.#options.guardFormulas && isFormula(text);
    return stringCell(this.#fit(text), quoted ? styles.quoted : undefined);
  }

  #fit(text: string): string {
    if (text.length <= longestCell) return text;
    this.#cut += 1;
    return text.slice(0, longestCell - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
  }

  async end(): Promise<void> {
    this.#sheet.end(`${this.#xml}</sheetData></worksheet>`);
    await this.#packed;
  }

  notices(): string[] {
    const cap = this.#options.rowCap.toLocaleString('en-US');
    return [
      ...(this.#leftOut
        ? [`An Excel sheet takes ${cap} rows: the first ${cap} are in the file, the rest is not.`]
        : []),
      ...(this.#cut > 0
        ? [
            `An Excel cell takes 32,767 characters: ${this.#cut.toLocaleString('en-US')} longer cells were cut.`,
          ]
        : []),
    ];
  }

  abandon(): void {
    this.#sheet.destroy();
  }
}

/** Carries the packed bytes to the sink at its pace; fulfilled when the last one is there. */
function pump(zip: ZipFile, sink: ByteSink): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const { outputStream } = zip;
    zip.on('error', reject);
    outputStream.on('error', reject);
    outputStream.on('end', resolve);
    outputStream.on('data', (chunk: Buffer) => {
      const busy = sink.write(chunk);
      if (busy === undefined) return;
      outputStream.pause();
      busy.then(() => outputStream.resume(), reject);
    });
  });
}

/** Excel computes with doubles and shows 15 digits: a number with more stays text, with all its digits. */
function holdsInExcel(text: string): boolean {
  return text.length <= 15 || text.replace(/^-?0*\.?0*|[-.]|e.*$/g, '').length <= 15;
}

function stringCell(text: string, style: number | undefined): string {
  const styled = style === undefined ? '' : ` s="${style}"`;
  return `${styled} t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// eslint-disable-next-line no-control-regex -- these are the ones that XML cannot hold
const unfit = /[&<>\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/g;

/** XML text; what XML cannot hold is written as _xHHHH_, and what only looks so is kept apart (ECMA-376, ST_Xstring). */
function escapeXml(text: string): string {
  return text.replace(unfit, (each) => {
    const hex = each.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return entities[each] ?? `_x${hex}_`;
  });
}

/** 0 → A, 25 → Z, 26 → AA. */
function columnLetters(index: number): string {
  const rest = Math.floor(index / 26) - 1;
  return (rest < 0 ? '' : columnLetters(rest)) + String.fromCharCode(65 + (index % 26));
}
