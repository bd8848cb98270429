/** What writes the rows of an export, whatever the format; and the writer of the formats that are text. */
import type { ResultRow } from '../shared/resultsProtocol.ts';
import type { TextLines } from './exportText.ts';
import type { ExportColumn } from './exportValues.ts';

/** Where bytes go; a promise asks to wait. */
export interface ByteSink {
  write(chunk: string | Uint8Array): Promise<void> | undefined;
}

export interface RowWriter {
  /** Whether the format takes no further row. */
  readonly full: boolean;
  /** Takes one row. Returns a promise when the server should wait. */
  row(cells: ResultRow): Promise<void> | undefined;
  /** Writes what is still to be written. */
  end(): Promise<void>;
  /** What the user should know of the file: what was left out or cut. */
  notices(): string[];
  /** Lets go of everything without an end. */
  abandon(): void;
}

export type MakeWriter = (columns: readonly ExportColumn[], sink: ByteSink) => RowWriter;

/** UTF-16 units that are gathered before they are encoded and written. */
const chunkLength = 65_536;

/** A writer of lines. */
export function textWriter(lines: TextLines, sink: ByteSink): RowWriter {
  let text = lines.head;
  let rows = 0;
  return {
    full: false,
    row(cells) {
      text += lines.row(cells, rows);
      rows += 1;
      if (text.length < chunkLength) return undefined;
      const chunk = text;
      text = '';
      return sink.write(chunk);
    },
    async end() {
      await sink.write(text + lines.tail(rows));
    },
    notices: () => [],
    abandon: () => undefined,
  };
}
