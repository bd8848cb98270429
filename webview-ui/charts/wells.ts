/** The wells: of what kind a chart is, and which columns it shows where. Plain lists to choose from, each with its label. */
import { chartAggregates, chartKinds, type Chart, type ChartField } from '../../src/shared/chartProtocol.ts';
import type { ResultColumn } from '../../src/shared/resultsProtocol.ts';
import { element } from '../dom.ts';
import { labelOf } from './drawing.ts';
import { asKind } from './otherKind.ts';
import { aggregating, titleOf } from './titles.ts';

type Place = 'x' | 'y' | 'colour';

const kindNames: Readonly<Record<Chart['kind'], string>> = {
  bar: 'Bars',
  line: 'Line',
  area: 'Area',
  scatter: 'Scatter',
  pie: 'Pie',
  heatmap: 'Heat map',
  histogram: 'Histogram',
  box: 'Box plot',
  kpi: 'Number',
};

const aggregateNames: Readonly<Record<Chart['aggregate'], string>> = {
  none: 'Each row',
  sum: 'Sum',
  mean: 'Average',
  count: 'Count of rows',
  min: 'Least',
  max: 'Greatest',
};

/** What stands in the places of each kind; a place that is not named has no well. */
const places: Readonly<Record<Chart['kind'], Partial<Record<Place, string>>>> = {
  bar: { x: 'X', y: 'Y', colour: 'Colour' },
  line: { x: 'X', y: 'Y', colour: 'Colour' },
  area: { x: 'X', y: 'Y', colour: 'Colour' },
  scatter: { x: 'X', y: 'Y', colour: 'Colour' },
  pie: { x: 'Slices', y: 'Size' },
  heatmap: { x: 'X', y: 'Y', colour: 'Colour' },
  histogram: { x: 'Values' },
  box: { x: 'X', y: 'Y' },
  kpi: { y: 'Value' },
};

/** The place that is measured; counting needs none. */
const measuredAt = (kind: Chart['kind']): Place => (kind === 'heatmap' ? 'colour' : 'y');

export class Wells {
  readonly element = element('div', { class: 'chart-wells', role: 'group', 'aria-label': 'Chart' });
  readonly #columns: readonly ResultColumn[];
  readonly #onChange: (chart: Chart) => void;

  constructor(columns: readonly ResultColumn[], onChange: (chart: Chart) => void) {
    this.#columns = columns;
    this.#onChange = onChange;
  }

  /** Shows what is drawn; the focus stays where it is. */
  show(chart: Chart): void {
    const focused = this.element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset['well']
      : undefined;
    const { kind, aggregate } = chart;
    const names = places[kind];
    const kinds = chartKinds.map((each) => [each, kindNames[each]] as const);
    const ways = chartAggregates.map((each) => [each, aggregateNames[each]] as const);
    const wells = [
      this.#well('kind', 'Kind', kinds, kind, (chosen) => this.#change(asKind(chart, chosen, this.#columns))),
      ...(['x', 'y', 'colour'] as const).flatMap((place) => {
        const label = names[place];
        const isCounted = aggregating.has(kind) && aggregate === 'count' && place === measuredAt(kind);
        return label === undefined || isCounted ? [] : [this.#columnWell(chart, place, label)];
      }),
      ...(aggregating.has(kind)
        ? [
            this.#well('aggregate', 'Values', ways, aggregate, (way) =>
              this.#change(chart, { aggregate: way }),
            ),
          ]
        : []),
    ];
    this.element.replaceChildren(...wells);
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-well="${focused}"]`)?.focus({ preventScroll: true });
  }

  #columnWell(chart: Chart, place: Place, label: string): HTMLElement {
    const names = this.#columns.map(({ name }, index) => {
      const twin = this.#columns.findIndex((each) => each.name === name) !== index;
      return [String(index), `${labelOf(name)}${twin ? ` (column ${index + 1})` : ''}`] as const;
    });
    const options = [['', '–'] as const, ...names];
    const chosen = chart[place] === undefined ? '' : String(chart[place].column);
    return this.#well(place, label, options, chosen, (value) =>
      this.#change(chart, { [place]: this.#field(value) }),
    );
  }

  #field(value: string): ChartField | undefined {
    const column = this.#columns[Number(value)];
    return value === '' || column === undefined ? undefined : { column: Number(value), name: column.name };
  }

  /** The title was that of another chart. */
  #change(chart: Chart, news: Partial<Chart> = {}): void {
    const changed = { ...chart, ...news };
    this.#onChange({ ...changed, title: titleOf(changed) });
  }

  #well<T extends string>(
    name: string,
    label: string,
    options: readonly (readonly [T, string])[],
    chosen: T,
    choose: (value: T) => void,
  ): HTMLElement {
    const list = element('select', { 'data-well': name, 'aria-label': label });
    for (const [value, words] of options) list.append(element('option', { value }, words));
    list.value = chosen;
    list.addEventListener('change', () => choose(list.value as T));
    return element('label', { class: 'chart-well' }, element('span', {}, label), list);
  }
}
