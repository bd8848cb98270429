/** Which columns of a result are shown, in what order, how wide, and how many stay in view: by their places in the row. */

export interface ColumnLayout {
  /** Every column, also those that are hidden. */
  readonly order: readonly number[];
  readonly hidden: ReadonlySet<number>;
  /** How many of the columns that are shown stay in view. */
  readonly frozen: number;
  /** In pixels, of columns that the user made wider or narrower. */
  readonly widths: ReadonlyMap<number, number>;
}

const narrowest = 32;
const widest = 2000;

/** @param count how many columns there are */
export function plainLayout(count: number): ColumnLayout {
  return {
    order: Array.from({ length: count }, (_, index) => index),
    hidden: new Set(),
    frozen: 0,
    widths: new Map(),
  };
}

/** The columns that are shown, in their order. */
export function shownColumns({ order, hidden }: ColumnLayout): number[] {
  return order.filter((column) => !hidden.has(column));
}

/** Hides a column; the last one that is shown stays. */
export function hiding(layout: ColumnLayout, column: number): ColumnLayout {
  const at = shownColumns(layout).indexOf(column);
  if (at < 0 || layout.hidden.size + 1 >= layout.order.length) return layout;
  const frozen = at < layout.frozen ? layout.frozen - 1 : layout.frozen;
  return { ...layout, hidden: new Set([...layout.hidden, column]), frozen };
}

export function showing(layout: ColumnLayout, column: number): ColumnLayout {
  const hidden = new Set(layout.hidden);
  hidden.delete(column);
  return { ...layout, hidden };
}

/** @param to where it stands then among the columns that are shown, from 0; limited to where there are any */
export function moving(layout: ColumnLayout, column: number, to: number): ColumnLayout {
  const shown = shownColumns(layout);
  if (!shown.includes(column)) return layout;
  const others = shown.filter((each) => each !== column);
  const before = others[Math.max(0, to)];
  const order = layout.order.filter((each) => each !== column);
  order.splice(before === undefined ? order.length : order.indexOf(before), 0, column);
  return { ...layout, order };
}

/** Keeps the columns up to this one in view; without one, none. */
export function freezing(layout: ColumnLayout, column?: number): ColumnLayout {
  return { ...layout, frozen: column === undefined ? 0 : shownColumns(layout).indexOf(column) + 1 };
}

/** @param width in pixels; limited to what can be seen and taken hold of */
export function resizing(layout: ColumnLayout, column: number, width: number): ColumnLayout {
  const limited = Math.round(Math.min(widest, Math.max(narrowest, width)));
  return { ...layout, widths: new Map([...layout.widths, [column, limited]]) };
}
