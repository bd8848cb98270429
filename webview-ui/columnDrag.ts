/** Dragging a column by its header to another place; what is dropped is told by the place among the columns that are shown. */

/** Pixels that the pointer moves before a press is a drag. */
const threshold = 6;

export interface ColumnDragParts {
  readonly container: HTMLElement;
  /** The header cells of the columns that are shown, in their order. */
  readonly cells: () => readonly HTMLElement[];
  /** @param to the place where the column is to stand */
  readonly drop: (from: number, to: number) => void;
}

/** @returns what tells whether the click that comes now ended a drag; `signal` ends it all */
export function columnDrag({ container, cells, drop }: ColumnDragParts, signal: AbortSignal): () => boolean {
  let dragged = false;
  container.addEventListener(
    'pointerdown',
    (event) => {
      dragged = false;
      const target = event.target instanceof Element ? event.target : undefined;
      const node = target?.closest<HTMLElement>('.slick-header-column:not(.row-number)');
      if (node === undefined || node === null || event.button !== 0) return;
      if (target?.closest('.slick-resizable-handle, .column-menu') != null) return;
      const ended = new AbortController();
      const until = { signal: AbortSignal.any([signal, ended.signal]) };
      let gap: number | undefined;
      const end = (): void => {
        ended.abort();
        for (const cell of cells()) cell.classList.remove('drop-before', 'drop-after', 'dragged');
      };
      const move = ({ clientX }: PointerEvent): void => {
        if (!dragged && Math.abs(clientX - event.clientX) < threshold) return;
        dragged = true;
        node.classList.add('dragged');
        gap = gapAt(cells(), clientX);
        cells().forEach((cell, index, all) => {
          cell.classList.toggle('drop-before', index === gap);
          cell.classList.toggle('drop-after', index === all.length - 1 && gap === all.length);
        });
      };
      const up = (): void => {
        const from = cells().indexOf(node);
        end();
        if (!dragged || gap === undefined || gap === from || gap === from + 1) return;
        drop(from, gap > from ? gap - 1 : gap);
      };
      document.addEventListener('pointermove', move, until);
      document.addEventListener('pointerup', up, until);
      document.addEventListener('pointercancel', end, until);
      const key = (pressed: KeyboardEvent): void => {
        if (pressed.key === 'Escape') end();
      };
      document.addEventListener('keydown', key, until);
    },
    { signal },
  );
  return () => dragged;
}

/** Between which columns the pointer is: before the one at this place. */
function gapAt(cells: readonly HTMLElement[], x: number): number {
  const at = cells.findIndex((cell) => {
    const { left, width } = cell.getBoundingClientRect();
    return x < left + width / 2;
  });
  return at < 0 ? cells.length : at;
}
