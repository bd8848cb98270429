/** Streams the rows of a guarded statement from the server to a file, past the grid. */
import { performance } from 'node:perf_hooks';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { Database } from './connect.ts';
import { csvCopyOf, CsvLineFilter } from './exportCsvCopy.ts';
import { csvLines, tsvLines } from './exportDelimited.ts';
import { ExportFile } from './exportFile.ts';
import { checkExportOptions, type ExportOptions } from './exportFormats.ts';
import { insertLines } from './exportInsert.ts';
import { jsonLines, ndjsonLines } from './exportJson.ts';
import { markdownLines } from './exportMarkdown.ts';
import { loadParquetWriter } from './exportParquet.ts';
import type { TextLines } from './exportText.ts';
import { kindOfOid, type ExportColumn } from './exportValues.ts';
import { textWriter, type MakeWriter, type RowWriter } from './exportWriter.ts';
import { loadXlsxWriter, xlsxRowCap } from './exportXlsx.ts';
import type { ReadOnlySql } from './guard.ts';
import { asSent, beginReadOnly, endReadOnly } from './readOnlyTransaction.ts';
import type { OnRow, StreamColumn } from './rowStream.ts';
import type { Session, TextStatement } from './session.ts';

/** How far an export is. */
export interface ExportProgress {
  readonly rows: number;
  /** Bytes written so far; packed ones for XLSX and Parquet. */
  readonly bytes: number;
}

export interface ExportOutcome extends ExportProgress {
  readonly ms: number;
  /** What was left out or cut because the format could not hold it. */
  readonly notices: readonly string[];
}

const progressIntervalMs = 200;

/**
 * Writes every row of a statement to `target`, which is replaced only by a whole file: after a failure or a cancel it is as it
 * was. Runs on a connection of its own, in the read-only transaction, and ignores the row cap of the profile. The statement
 * timeout ends an export that has given no row for so long, not one that is long.
 * @param target absolute path
 * @param onProgress called about five times a second
 * @throws KhipuError of the connection or the statement, `file-failed`, `invalid-input`, `cancelled`
 */
export async function exportRows(
  database: Database,
  statement: ReadOnlySql,
  target: string,
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<ExportOutcome> {
  const started = performance.now();
  checkExportOptions(options);
  const makeWriter = await writerOf(options);
  const file = await ExportFile.open(target);
  try {
    const taken = new Taken(file, options, makeWriter);
    const timer = setInterval(() => onProgress(taken.progress()), progressIntervalMs);
    try {
      await streamTo(database, statement, options, taken, signal);
      await taken.end();
    } finally {
      clearInterval(timer);
      taken.abandon();
    }
    await file.finish();
    const outcome = { ...taken.progress(), notices: taken.notices() };
    onProgress(outcome);
    return { ...outcome, ms: performance.now() - started };
  } catch (thrown) {
    await file.discard();
    throw toKhipuError(thrown);
  }
}

async function streamTo(
  database: Database,
  statement: ReadOnlySql,
  options: ExportOptions,
  taken: Taken,
  signal: AbortSignal,
): Promise<void> {
  const { singleSession, statementTimeoutMs } = database.profile;
  const session = await beginReadOnly(database, statement, signal);
  try {
    await session.query({ text: "SELECT set_config('statement_timeout', '0', true)" }, signal);
    const asCopy = options.format === 'csv' && !singleSession ? csvCopyOf(statement, options) : undefined;
    const columns = await receive(session, asCopy ?? asSent(statement), statementTimeoutMs, taken, signal);
    if (asCopy === undefined) taken.begin(columns);
  } finally {
    await endReadOnly(session);
  }
}

/** Lets the statement run to its end, until the format takes no more, or until something fails on this side. */
async function receive(
  session: Session,
  source: TextStatement,
  timeoutMs: number,
  taken: Taken,
  signal: AbortSignal,
): Promise<readonly StreamColumn[]> {
  const stop = new AbortController();
  let failure: KhipuError | undefined;
  const fail = (thrown: unknown): void => {
    failure ??= toKhipuError(thrown);
    stop.abort();
  };
  const attempt = (take: () => Promise<void> | undefined): Promise<void> | undefined => {
    try {
      const busy = take()?.catch(fail);
      if (taken.full) stop.abort();
      return busy;
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
  let columns: readonly StreamColumn[] = [];
  const onRow: OnRow = (cells, described) => {
    columns = described;
    return attempt(() => taken.row(cells, described));
  };
  const unwatch = watchPace(taken, timeoutMs, fail);
  try {
    const ended = AbortSignal.any([signal, stop.signal]);
    const onChunk = (bytes: Buffer): Promise<void> | undefined => attempt(() => taken.chunk(bytes));
    return await session.stream(source, onRow, ended, { onChunk });
  } catch (thrown) {
    if (failure !== undefined) throw failure;
    if (taken.full) return columns; // the rest is left out, and the outcome says so
    throw thrown;
  } finally {
    unwatch();
  }
}

/** Fails when in a whole interval nothing has come, although nothing waited for the disk. */
function watchPace(taken: Taken, timeoutMs: number, fail: (error: KhipuError) => void): () => void {
  let before = -1;
  const timer = setInterval(() => {
    if (taken.rows === before && !taken.waitsForDisk) {
      const seconds = (timeoutMs / 1000).toLocaleString('en-US');
      fail(new KhipuError('statement-timeout', `The statement has given no row for ${seconds} s.`));
    }
    before = taken.rows;
  }, timeoutMs);
  return () => clearInterval(timer);
}

/** What has been taken; its writer is made when the server has told the columns. */
class Taken {
  readonly #file: ExportFile;
  readonly #options: ExportOptions;
  readonly #makeWriter: MakeWriter;
  readonly #lines: CsvLineFilter;
  #writer: RowWriter | undefined;
  #rows = 0;

  constructor(file: ExportFile, options: ExportOptions, makeWriter: MakeWriter) {
    this.#file = file;
    this.#options = options;
    this.#makeWriter = makeWriter;
    this.#lines = new CsvLineFilter(options, file);
  }

  get full(): boolean {
    return this.#writer?.full ?? false;
  }

  get waitsForDisk(): boolean {
    return this.#file.isBehind;
  }

  get rows(): number {
    const header = this.#options.header ? 1 : 0;
    return this.#rows + Math.max(0, this.#lines.lines - header);
  }

  begin(columns: readonly StreamColumn[]): RowWriter {
    return (this.#writer ??= this.#makeWriter(columns.map(typed), this.#file));
  }

  row(cells: (string | null)[], columns: readonly StreamColumn[]): Promise<void> | undefined {
    const writer = this.#writer ?? this.begin(columns);
    const busy = writer.row(cells);
    if (!writer.full) this.#rows += 1;
    return busy;
  }

  /** A part of the server's own CSV. */
  chunk(bytes: Buffer): Promise<void> | undefined {
    return this.#lines.take(bytes);
  }

  async end(): Promise<void> {
    await this.#writer?.end();
    await this.#lines.end();
  }

  notices(): string[] {
    return this.#writer?.notices() ?? [];
  }

  abandon(): void {
    this.#writer?.abandon();
  }

  progress(): ExportProgress {
    return { rows: this.rows, bytes: this.#file.bytes };
  }
}

function typed({ name, typeOid }: StreamColumn): ExportColumn {
  return { name, kind: kindOfOid(typeOid) };
}

async function writerOf(options: ExportOptions): Promise<MakeWriter> {
  const { header, guardFormulas, nullText, table } = options;
  const text =
    (make: (columns: readonly ExportColumn[]) => TextLines): MakeWriter =>
    (columns, sink) =>
      textWriter(make(columns), sink);
  switch (options.format) {
    case 'csv':
      return text((columns) => csvLines(columns, options));
    case 'tsv':
      return text((columns) => tsvLines(columns, options));
    case 'json':
      return text(jsonLines);
    case 'ndjson':
      return text(ndjsonLines);
    case 'markdown':
      return text((columns) => markdownLines(columns, nullText));
    case 'insert':
      return text((columns) => insertLines(columns, table));
    case 'xlsx':
      return loadXlsxWriter({ header, guardFormulas, rowCap: xlsxRowCap });
    case 'parquet':
      return loadParquetWriter();
  }
}
