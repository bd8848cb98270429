/** The chart of a result: wells, picture, what is to be said of it, and the numbers as a table. */
import type { ChartPicture, DrawnChart } from '../../src/shared/chartData.ts';
import type { Chart } from '../../src/shared/chartProtocol.ts';
import type { ResultColumn } from '../../src/shared/resultsProtocol.ts';
import { button, element } from '../dom.ts';
import { errorWords } from '../errorWords.ts';
import type { Host } from '../host.ts';
import { icon } from '../icons.ts';
import type { Announce, View } from '../view.ts';
import { dataTable } from './dataTable.ts';
import { drawingOf, type Drawing } from './drawing.ts';
import { watchLook } from './readLook.ts';
import { Picture } from './picture.ts';
import { Wells } from './wells.ts';
import { summaryOf } from './words.ts';

export interface ChartViewParts {
  readonly resultId: string;
  readonly columns: readonly ResultColumn[];
  readonly host: Host;
  readonly announce: Announce;
  /** What was drawn last; left out, the host proposes. */
  readonly chart: Chart | undefined;
  /** Told what the wells are set to. */
  readonly onChart: (chart: Chart) => void;
}

/** What takes less is over before it is read. */
const busyAfterMs = 250;

export class ChartView implements View {
  readonly element: HTMLElement;
  readonly #parts: ChartViewParts;
  readonly #wells: Wells;
  readonly #title = element('h2', { class: 'chart-title' });
  readonly #picture = new Picture();
  readonly #state = element('div', { class: 'chart-state', role: 'status' });
  readonly #below = element('div', { class: 'chart-below' });
  readonly #save: HTMLElement;
  readonly #ends: (() => void)[] = [];
  #asking: AbortController | undefined;
  #saving: AbortController | undefined;

  constructor(parts: ChartViewParts) {
    this.#parts = parts;
    this.#wells = new Wells(parts.columns, (chart) => {
      parts.onChart(chart);
      this.#wells.show(chart);
      void this.#ask(chart);
    });
    const save = (format: ChartPicture['format'], label: string): HTMLElement =>
      button('link', label, () => void this.#write(format));
    this.#save = element(
      'div',
      { class: 'actions chart-save', role: 'group', 'aria-label': 'Save chart' },
      save('svg', 'Save as SVG'),
      save('png', 'Save as PNG'),
    );
    this.#save.hidden = true;
    this.element = element(
      'div',
      { class: 'chart' },
      element('div', { class: 'chart-bar' }, this.#wells.element, this.#save),
      element('div', { class: 'chart-stage' }, this.#title, this.#picture.element, this.#state),
      this.#below,
    );
  }

  mounted(): void {
    this.#ends.push(watchLook(() => void this.#picture.redraw()));
    this.#ends.push(this.#picture.watchSize());
    if (this.#parts.chart !== undefined) this.#wells.show(this.#parts.chart);
    void this.#ask(this.#parts.chart);
  }

  dispose(): void {
    this.#asking?.abort();
    this.#saving?.abort();
    for (const end of this.#ends) end();
    this.#picture.dispose();
  }

  /** Asks for the numbers of a chart; what was asked for before is not wanted any more. */
  async #ask(chart: Chart | undefined): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const { host, resultId } = this.#parts;
    const slow = window.setTimeout(() => this.#showBusy(asking), busyAfterMs);
    try {
      const drawn = await host.chart(resultId, chart, asking.signal);
      if (this.#asking !== asking) return;
      await this.#draw(drawn);
    } catch (error) {
      if (this.#asking !== asking) return;
      const words = asking.signal.aborted ? 'Cancelled.' : errorWords(error);
      this.#showState(
        words,
        button('secondary', 'Try Again', () => void this.#ask(chart)),
      );
    } finally {
      window.clearTimeout(slow);
    }
  }

  async #draw({ chart, data, notes }: DrawnChart): Promise<void> {
    this.#wells.show(chart);
    const drawing = drawingOf(chart.kind, chart.title, data);
    if (drawing.marks.length === 0) {
      this.#showState(data.points.length === 0 ? 'There are no rows to draw.' : nothingOf(drawing));
      return;
    }
    this.#state.replaceChildren();
    this.element.classList.remove('stateful');
    this.#title.textContent = chart.title;
    const summary = summaryOf(drawing, data);
    const said = drawing.leftOut === 0 ? notes : [...notes, leftOutWords(drawing.leftOut)];
    this.#below.replaceChildren(
      element('p', { class: 'chart-summary' }, summary),
      ...said.map((note) => element('p', { class: 'chart-note' }, icon('notice'), element('span', {}, note))),
      dataTable(chart.kind, data),
    );
    this.#save.hidden = false;
    await this.#picture.draw(drawing, summary); // last, in the room that the others leave
    this.#parts.announce(summary);
  }

  #showBusy(asking: AbortController): void {
    if (this.#asking !== asking) return;
    this.#showState(
      'Working out the chart…',
      button('secondary', 'Cancel', () => asking.abort()),
    );
  }

  /** Words in the place of a picture. */
  #showState(words: string, action?: HTMLElement): void {
    this.element.classList.add('stateful');
    this.#picture.clear();
    this.#title.textContent = '';
    this.#below.replaceChildren();
    this.#save.hidden = true;
    this.#state.replaceChildren(element('p', {}, words), ...(action === undefined ? [] : [action]));
  }

  async #write(format: ChartPicture['format']): Promise<void> {
    this.#saving?.abort();
    const saving = new AbortController();
    this.#saving = saving;
    const { host, resultId, announce } = this.#parts;
    try {
      const { title, content } = await this.#picture.file(format);
      if (await host.saveChart({ resultId, format, title, content }, saving.signal))
        announce('The chart is saved.');
    } catch (error) {
      if (saving.signal.aborted) return;
      const fault = element('p', { class: 'chart-note fault', role: 'alert' }, errorWords(error));
      this.#below.querySelector('.fault')?.remove();
      this.#below.prepend(fault);
    }
  }
}

function nothingOf({ kind }: Drawing): string {
  const why = kind === 'pie' ? 'negative, NULL, NaN or infinite' : 'NULL, NaN or infinite';
  return `There is nothing to draw: every value is ${why}.`;
}

function leftOutWords(count: number): string {
  const values = count === 1 ? '1 value is' : `${count.toLocaleString()} values are`;
  return `${values} left out, having no place on the chart: NULL, NaN, infinity, or a date that no calendar here holds.`;
}
