/** What the results view asks of the host about cells besides showing them: figures of a selection, a value to look into, a text to copy. */
import * as z from 'zod/mini';
import { cellSelection } from './cellSelection.ts';
import { requestType } from './rpc.ts';

/** Of the numbers among the selected cells; all as decimal text, for a double would lose digits. */
const numberFigures = z.object({
  count: z.number(),
  sum: z.string(),
  /** To 20 places at least; exact where the division ends before. */
  average: z.string(),
});

const selectionFigures = z.object({
  cells: z.number(),
  nulls: z.number(),
  /** There, when at least one selected column holds numbers and one of its cells is not NULL. */
  numbers: z.optional(numberFigures),
  /** The least and the greatest value in Postgres's own text: of the numbers, or else of dates, or else of texts. */
  least: z.optional(z.string()),
  greatest: z.optional(z.string()),
  /** What the least and the greatest are; texts are in the order of their characters' codes. */
  ordered: z.optional(z.enum(['numbers', 'dates', 'texts'])),
  /** NaN, infinities and numbers of more than a thousand digits, which are in no figure. */
  leftOut: z.number(),
});
export type SelectionFigures = z.infer<typeof selectionFigures>;

/** Webview → host: the figures of these cells, which do not overlap. */
export const figuresRequest = requestType(
  'results/figures',
  z.object({ resultId: z.string(), selections: z.array(cellSelection) }),
  selectionFigures,
);

/** More of a cell than this, in bytes of UTF-8, is not looked into in the view but in an editor. */
export const inspectedBytes = 5_000_000;

const inspectedCell = z.object({
  /** NULL is null. */
  text: z.nullable(z.string()),
  /** Whether only the beginning is here. */
  cut: z.boolean(),
});
export type InspectedCell = z.infer<typeof inspectedCell>;

/** Webview → host: one cell, whole up to `inspectedBytes`. */
export const inspectRequest = requestType(
  'results/inspect',
  z.object({ resultId: z.string(), row: z.number(), column: z.number() }),
  inspectedCell,
);

/** Webview → host: put this text on the clipboard. */
export const copyTextRequest = requestType(
  'results/copyText',
  z.object({ resultId: z.string(), text: z.string() }),
  z.boolean(),
);
