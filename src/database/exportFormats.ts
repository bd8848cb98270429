/** The formats of an export, their names and endings, and what each lets one choose. */
import { KhipuError } from '../shared/errors.ts';

export const exportFormats = [
  'csv',
  'tsv',
  'json',
  'ndjson',
  'markdown',
  'insert',
  'xlsx',
  'parquet',
] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  /** One character between the fields of CSV. */
  readonly delimiter: string;
  /** Whether CSV, TSV and XLSX begin with the names of the columns. */
  readonly header: boolean;
  /** How CSV, TSV and Markdown write NULL. */
  readonly nullText: string;
  /** Keeps spreadsheets from running cells of CSV, TSV and XLSX as formulas. */
  readonly guardFormulas: boolean;
  /** Where INSERT puts the rows: a table's name, or a schema's and a table's. */
  readonly table: readonly string[];
}

interface FormatNames {
  readonly label: string;
  readonly extension: string;
}

export const formatNames: Readonly<Record<ExportFormat, FormatNames>> = {
  csv: { label: 'CSV', extension: 'csv' },
  tsv: { label: 'TSV', extension: 'tsv' },
  json: { label: 'JSON', extension: 'json' },
  ndjson: { label: 'NDJSON', extension: 'ndjson' },
  markdown: { label: 'Markdown', extension: 'md' },
  insert: { label: 'SQL INSERT', extension: 'sql' },
  xlsx: { label: 'Excel', extension: 'xlsx' },
  parquet: { label: 'Parquet', extension: 'parquet' },
};

const nullTexts: Partial<Record<ExportFormat, string>> = { tsv: '\\N', markdown: 'NULL' };

/** What a format is written with when nothing else is chosen. */
export function exportDefaults(format: ExportFormat): ExportOptions {
  return {
    format,
    delimiter: ',',
    header: true,
    nullText: nullTexts[format] ?? '',
    guardFormulas: true,
    table: ['exported_rows'],
  };
}

/** @throws KhipuError `invalid-input` for options whose file could not be read back */
export function checkExportOptions({ delimiter, nullText, table }: ExportOptions): void {
  if (!/^[^"\r\n]$/u.test(delimiter))
    throw new KhipuError('invalid-input', 'The delimiter is one character, and no quote or line break.');
  if (/["\r\n\t]/.test(nullText) || nullText.includes(delimiter))
    throw new KhipuError('invalid-input', 'The text for NULL holds no quote, delimiter, tab or line break.');
  if (table.length < 1 || table.length > 2)
    throw new KhipuError('invalid-input', 'A table is named by itself, or by its schema and itself.');
}
