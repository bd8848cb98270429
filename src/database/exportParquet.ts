/** Parquet, a row group at a time: numbers and booleans as such, everything else as Postgres's own text. */
import type { ByteWriter, ParquetWriter, SchemaElement } from 'hyparquet-writer';
import type { ResultRow } from '../shared/resultsProtocol.ts';
import { uniqueNames } from './exportJson.ts';
import type { ExportColumn, ValueKind } from './exportValues.ts';
import type { ByteSink, MakeWriter, RowWriter } from './exportWriter.ts';

/** A row group is encoded at one go, so it ends at this many cells or UTF-16 units: about 10 ms of work. */
const cellsPerGroup = 20_000;
const unitsPerGroup = 500_000;

type Cell = string | number | bigint | boolean | null;

/** Loads the encoder (64 KB). */
export async function loadParquetWriter(): Promise<MakeWriter> {
  const library = await import('hyparquet-writer');
  return (columns, sink) => {
    const bytes = new library.ByteWriter(1_000_000);
    flushTo(bytes, sink);
    const names = uniqueNames(columns);
    const schema = [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ kind }, index) => elementOf(kind, names[index] ?? '')),
    ];
    const createdBy = 'Khipu (hyparquet-writer)';
    return new GroupWriter(new library.ParquetWriter({ writer: bytes, schema, createdBy }), columns, names);
  };
}

class GroupWriter implements RowWriter {
  readonly full = false;
  readonly #parquet: ParquetWriter;
  readonly #names: readonly string[];
  readonly #read: readonly ((text: string) => Cell)[];
  #data: Cell[][];
  #rows = 0;
  #units = 0;

  constructor(parquet: ParquetWriter, columns: readonly ExportColumn[], names: readonly string[]) {
    this.#parquet = parquet;
    this.#names = names;
    this.#read = columns.map(({ kind }) => readers[kind] ?? ((text) => text));
    this.#data = names.map(() => []);
  }

  row(cells: ResultRow): Promise<void> | undefined {
    for (let index = 0; index < cells.length; index++) {
      const text = cells[index] ?? null;
      this.#data[index]?.push(text === null ? null : (this.#read[index]?.(text) ?? null));
      this.#units += text?.length ?? 0;
    }
    this.#rows += 1;
    const isFull = this.#rows * this.#names.length >= cellsPerGroup || this.#units >= unitsPerGroup;
    return isFull ? this.#writeGroup() : undefined;
  }

  #writeGroup(): Promise<void> | undefined {
    const columnData = this.#names.map((name, index) => ({ name, data: this.#data[index] ?? [] }));
    const rowGroupSize = this.#rows;
    this.#data = this.#names.map(() => []);
    this.#rows = 0;
    this.#units = 0;
    return this.#parquet.write({ columnData, rowGroupSize }) ?? undefined;
  }

  async end(): Promise<void> {
    if (this.#rows > 0) await this.#writeGroup();
    await this.#parquet.finish();
  }

  notices(): string[] {
    return [];
  }

  abandon(): void {
    this.#data = [];
  }
}

const readers: Partial<Record<ValueKind, (text: string) => Cell>> = {
  int32: Number,
  int64: BigInt,
  float32: Number,
  float64: Number,
  boolean: (text) => text === 't',
};

function elementOf(kind: ValueKind, name: string): SchemaElement {
  const element = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'int32':
      return { ...element, type: 'INT32' };
    case 'int64':
      return { ...element, type: 'INT64' };
    case 'float32':
      return { ...element, type: 'FLOAT' };
    case 'float64':
      return { ...element, type: 'DOUBLE' };
    case 'boolean':
      return { ...element, type: 'BOOLEAN' };
    case 'numeric':
    case 'json':
    case 'text':
      return { ...element, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

/** Hands over what has been encoded after each group, as the library's own file writer does. */
function flushTo(bytes: ByteWriter, sink: ByteSink): void {
  const flush = (): Promise<void> | undefined => {
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    return sink.write(chunk);
  };
  Object.assign(bytes, { flush, finish: flush });
}
