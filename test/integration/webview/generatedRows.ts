/** A result of any size whose every cell is known from its place, as a real row source. */
import { inspectCell } from '../../../src/database/inspectCell.ts';
import { selectionFigures } from '../../../src/database/selectionFigures.ts';
import { selectionText } from '../../../src/database/copySelection.ts';
import { isPlain, type Arrangement } from '../../../src/shared/arrangement.ts';
import type { ResultPages } from '../../../src/database/resultPages.ts';
import type { RowSource } from '../../../src/editor/resultsHost.ts';
import type {
  CellOrder,
  CopyOrder,
  ResultColumn,
  ResultRow,
  ResultsState,
} from '../../../src/shared/resultsProtocol.ts';

const kinds: readonly { type: string; align: 'left' | 'right'; value: (row: number) => string | null }[] = [
  { type: 'bigint', align: 'right', value: (row) => String(row + 1) },
  {
    type: 'text',
    align: 'left',
    value: (row) => ['Ana Quispe', 'Inti Mamani', 'Rosa Huamán', 'Mateo Flores'][row % 4]!,
  },
  { type: 'numeric(12,2)', align: 'right', value: (row) => (((row * 7919) % 1_000_000) / 100).toFixed(2) },
  {
    type: 'timestamp with time zone',
    align: 'left',
    value: (row) => new Date(1.7e12 + row * 60_000).toISOString(),
  },
  {
    type: 'text',
    align: 'left',
    value: (row) => (row % 5 === 0 ? null : row % 7 === 0 ? '' : `note ${row}`),
  },
];
const names = ['id', 'customer', 'amount', 'ordered_at', 'note'];

export function generatedCell(row: number, column: number): string | null {
  return kinds[column % kinds.length]!.value(row);
}

export function generatedColumns(count: number): ResultColumn[] {
  return Array.from({ length: count }, (_, index) => {
    const { type, align } = kinds[index % kinds.length]!;
    const name = names[index % names.length]!;
    return { name: index < names.length ? name : `${name}_${Math.floor(index / names.length)}`, type, align };
  });
}

export function generatedRow(row: number, columns: number): ResultRow {
  return Array.from({ length: columns }, (_, column) => generatedCell(row, column));
}

export interface GeneratedSource extends RowSource {
  readonly asked: { start: number; count: number }[];
  readonly closed: boolean;
  /** What was put on the clipboard, the last one last. */
  readonly copied: { order: CopyOrder; text: string | undefined }[];
  readonly opened: CellOrder[];
  /** Texts that were put on the clipboard. */
  readonly copiedTexts: string[];
  /** How the rows were to be sorted and filtered, the last one last; they are given in reverse then. */
  readonly arrangements: Arrangement[];
}

export function generatedSource(resultId: string, rows: number, columns: number): GeneratedSource {
  const asked: { start: number; count: number }[] = [];
  const end = new AbortController();
  const copied: GeneratedSource['copied'] = [];
  const opened: CellOrder[] = [];
  const copiedTexts: string[] = [];
  const arrangements: Arrangement[] = [];
  let place = (row: number): number => row;
  return {
    resultId,
    asked,
    copied,
    opened,
    copiedTexts,
    cells: {
      figures: (selections, signal) => selectionFigures(generatedPages(rows, columns), selections, signal),
      inspect: (place, signal) => inspectCell(generatedPages(rows, columns), place, signal),
      copyText: (text) => {
        copiedTexts.push(text);
        return Promise.resolve(true);
      },
    },
    arrangements,
    get closed() {
      return end.signal.aborted;
    },
    rows(start, count, signal) {
      signal.throwIfAborted();
      asked.push({ start, count });
      const length = Math.max(0, Math.min(count, rows - start));
      const page = Array.from({ length }, (_, index) => generatedRow(place(start + index), columns));
      return Promise.resolve({ rows: page, total: { rows, complete: true } });
    },
    more: () => Promise.resolve({ rows, complete: true }),
    arrange(arrangement, signal) {
      signal.throwIfAborted();
      arrangements.push(arrangement);
      const plain = isPlain(arrangement);
      place = (row) => (plain ? row : rows - 1 - row);
      const length = Math.min(100, rows);
      return Promise.resolve({
        arranged: plain ? undefined : { arrangement, by: 'database' },
        firstRows: Array.from({ length }, (_, row) => generatedRow(place(row), columns)),
        total: { rows, complete: true },
        ms: 812,
      });
    },
    async copy(order, signal) {
      const { text, cells } = await selectionText(
        generatedPages(rows, columns),
        order.selection,
        order,
        signal,
      );
      copied.push({ order, text });
      return { cells, tooLarge: text === undefined };
    },
    openCell(order) {
      opened.push(order);
      return Promise.resolve(generatedCell(order.row, order.column) !== null);
    },
    close() {
      end.abort();
      return Promise.resolve();
    },
  };
}

/** What copies need of a result. */
function generatedPages(rows: number, columns: number): Pick<ResultPages, 'columns' | 'each'> {
  const each: ResultPages['each'] = async ({ start, count }, take, signal) => {
    for (let row = start; row < Math.min(start + count, rows); row++) {
      if (row % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      if (!take(generatedRow(row, columns))) return;
    }
  };
  return { columns: generatedColumns(columns), each };
}

type RowsState = Extract<ResultsState, { status: 'rows' }>;

/** What is shown of a generated result; `changes` go over it. */
export function generatedState(
  resultId: string,
  rows: number,
  columns: number,
  changes: Partial<RowsState> = {},
): RowsState {
  return {
    status: 'rows',
    resultId,
    header: {
      question: 'Which orders were placed last week, and by whom?',
      sql: "SELECT o.id, c.name AS customer, o.amount, o.ordered_at, o.note\nFROM shop.orders AS o\nJOIN shop.customers AS c ON c.id = o.customer_id\nWHERE o.ordered_at >= date_trunc('week', now()) - interval '7 days' -- the week before this one\nORDER BY o.ordered_at DESC\nLIMIT 1000000",
      tables: ['shop.orders', 'shop.customers'],
      source: 'model',
      model: 'ollama:qwen3:8b',
      usage: { inputTokens: 1204, outputTokens: 80, ms: 2340 },
      explanation:
        'Orders of the calendar week before the current one, newest first, with the name of their customer.',
      assumptions: ['A week starts on Monday, as Postgres counts it.'],
      notices: ['OpenAI did not answer; the local model wrote this.'],
      connection: 'Sample Database',
    },
    columns: generatedColumns(columns),
    firstRows: Array.from({ length: Math.min(100, rows) }, (_, row) => generatedRow(row, columns)),
    total: { rows, complete: true },
    ms: 42.4,
    ...changes,
  };
}
