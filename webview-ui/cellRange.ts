/** A rectangle of selected cells, and how keys move it. */

export interface CellPlace {
  readonly row: number;
  readonly cell: number;
}

/** `anchor` is where the selection began and the active cell stays; `head` is the corner that moves. */
export interface CellRange {
  readonly anchor: CellPlace;
  readonly head: CellPlace;
}

export interface RangeEdges {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The first and last cell that can be selected, and how many rows a page has. */
export interface GridExtent {
  readonly firstCell: number;
  readonly lastCell: number;
  readonly lastRow: number;
  readonly pageRows: number;
}

export function edgesOf({ anchor, head }: CellRange): RangeEdges {
  return {
    top: Math.min(anchor.row, head.row),
    bottom: Math.max(anchor.row, head.row),
    left: Math.min(anchor.cell, head.cell),
    right: Math.max(anchor.cell, head.cell),
  };
}

/** Where a key with Shift takes the head; `undefined` for a key that does not move. `far` is Ctrl or Cmd. */
export function extendedHead(
  key: string,
  far: boolean,
  head: CellPlace,
  extent: GridExtent,
): CellPlace | undefined {
  const { firstCell, lastCell, lastRow, pageRows } = extent;
  const row = (to: number): CellPlace => ({ ...head, row: Math.min(lastRow, Math.max(0, to)) });
  const cell = (to: number): CellPlace => ({ ...head, cell: Math.min(lastCell, Math.max(firstCell, to)) });
  switch (key) {
    case 'ArrowUp':
      return row(far ? 0 : head.row - 1);
    case 'ArrowDown':
      return row(far ? lastRow : head.row + 1);
    case 'ArrowLeft':
      return cell(far ? firstCell : head.cell - 1);
    case 'ArrowRight':
      return cell(far ? lastCell : head.cell + 1);
    case 'PageUp':
      return row(head.row - pageRows);
    case 'PageDown':
      return row(head.row + pageRows);
    case 'Home':
      return far ? { row: 0, cell: firstCell } : cell(firstCell);
    case 'End':
      return far ? { row: lastRow, cell: lastCell } : cell(lastCell);
    default:
      return undefined;
  }
}
