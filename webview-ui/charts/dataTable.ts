/** The numbers behind a chart as a table. */
import type { ChartPoints } from '../../src/shared/chartData.ts';
import { element } from '../dom.ts';
import { boxNames, figureOf, labelOf, type ChartKind } from './drawing.ts';

const mostTableRows = 200;

function headsOf(kind: ChartKind, { fields }: ChartPoints): string[] {
  const names = fields.map(({ name }) => labelOf(name));
  if (kind === 'histogram') return [`${names[0] ?? ''} from`, 'Rows', 'to'];
  return kind === 'box' ? [names[0] ?? '', ...boxNames] : names;
}

/** The numbers behind the picture, folded away. */
export function dataTable(kind: ChartKind, data: ChartPoints): HTMLElement {
  const { points, fields } = data;
  const heads = headsOf(kind, data);
  const isNumber = (place: number): boolean =>
    kind === 'box' ? place > 0 : kind === 'histogram' || fields[place]?.scale === 'number';
  const shown = points.slice(0, mostTableRows);
  const rows = shown.map((point) =>
    element(
      'tr',
      {},
      ...heads.map((_, place) =>
        element('td', isNumber(place) ? { class: 'right' } : {}, textOf(point[place], isNumber(place))),
      ),
    ),
  );
  const left = points.length - shown.length;
  const count = points.length.toLocaleString();
  return element(
    'details',
    { class: 'chart-data' },
    element('summary', {}, `Data (${count} ${points.length === 1 ? 'value' : 'values'})`),
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...heads.map((head, place) =>
            element('th', { scope: 'col', ...(isNumber(place) ? { class: 'right' } : {}) }, head),
          ),
        ),
      ),
      element('tbody', {}, ...rows),
    ),
    left === 0 ? undefined : element('p', {}, `${left.toLocaleString()} more are not listed.`),
  );
}

function textOf(cell: string | null | undefined, isNumber: boolean): string {
  return isNumber ? figureOf(cell) : labelOf(cell);
}
