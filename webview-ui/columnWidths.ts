/** Column widths from what the first rows hold. */
import type { SampleColumn } from '../src/shared/changesProtocol.ts';
import type { ResultRow } from '../src/shared/resultsProtocol.ts';
import { cellLength } from './cellText.ts';

const narrowest = 56;
const widest = 380;
const padding = 20; // of the cell, its border, and rounding
const changePadding = 18; // around `before` or `after`, and between it and the name
const rowsLookedAt = 100;

/** Measures texts in the fonts of the page; both give pixels. */
export interface TextMeasure {
  /** Width of one character of the data font. */
  readonly characterWidth: number;
  header(text: string): number;
  type(text: string): number;
}

/** The fonts as the style sheet sets them on `host`. */
export function textMeasure(host: HTMLElement): TextMeasure {
  const context = document.createElement('canvas').getContext('2d');
  const style = getComputedStyle(host);
  const family = style.getPropertyValue('--vscode-font-family') || 'sans-serif';
  const size = Number.parseFloat(style.getPropertyValue('--vscode-font-size')) || 13;
  const width = (font: string, text: string): number => {
    if (context === null) return text.length * 8;
    context.font = font;
    return context.measureText(text).width;
  };
  const sample = 'MM00aaeeii';
  return {
    characterWidth: width(`${style.fontSize} ${style.fontFamily}`, sample) / sample.length,
    header: (text) => width(`600 ${size}px ${family}`, text),
    type: (text) => width(`${size - 2}px ${family}`, text),
  };
}

/** A width in pixels for each column: the widest of its name, its type and its first values, within limits. */
export function columnWidths(
  columns: readonly SampleColumn[],
  firstRows: readonly ResultRow[],
  measure: TextMeasure,
): number[] {
  const looked = firstRows.slice(0, rowsLookedAt);
  return columns.map((column, index) => {
    let longest = 0;
    for (const row of looked) longest = Math.max(longest, cellLength(row[index] ?? null));
    const content = Math.max(
      longest * measure.characterWidth,
      measure.header(column.name) +
        (column.change === undefined ? 0 : measure.type(column.change) + changePadding),
      measure.type(column.type),
    );
    return Math.round(Math.min(widest, Math.max(narrowest, content + padding)));
  });
}
