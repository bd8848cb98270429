/** Rows or Chart: the tabs above a result, and the panel of the chart, which is made when it is first looked at. */
import type { Chart } from '../src/shared/chartProtocol.ts';
import type { ResultColumn } from '../src/shared/resultsProtocol.ts';
import type { ChartLoader } from './chartLoader.ts';
import { button, element } from './dom.ts';
import { errorWords } from './errorWords.ts';
import type { Host } from './host.ts';
import { icon, type IconName } from './icons.ts';
import { keepRecent } from './recent.ts';
import { markTab, walkTabs } from './tabKeys.ts';
import type { Announce, View } from './view.ts';

export type TabName = 'rows' | 'chart';

/** How a result was last looked at. */
interface Looked {
  readonly tab: TabName;
  /** What the wells were set to. */
  readonly chart?: Chart;
}

const mostRemembered = 50;

/** What is the same for all results of the page: the script of charts, and how each result was looked at. */
export class ResultCharts {
  readonly loader: ChartLoader;
  readonly #looked = new Map<string, Looked>();

  constructor(loader: ChartLoader) {
    this.loader = loader;
  }

  of(resultId: string): Looked {
    return this.#looked.get(resultId) ?? { tab: 'rows' };
  }

  remember(resultId: string, news: Partial<Looked>): void {
    keepRecent(this.#looked, resultId, { ...this.of(resultId), ...news }, mostRemembered);
  }
}

export interface TabbedResult {
  readonly resultId: string;
  readonly columns: readonly ResultColumn[];
  readonly host: Host;
  readonly announce: Announce;
  readonly charts: ResultCharts;
}

export class ResultTabs {
  /** Stands above the rows. */
  readonly list: HTMLElement;
  /** Stands in the place of the rows. */
  readonly panel: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #result: TabbedResult;
  readonly #tabs: Readonly<Record<TabName, HTMLButtonElement>>;
  #chart: View | undefined;
  #disposed = false;

  constructor(rows: HTMLElement, result: TabbedResult) {
    this.#rows = rows;
    this.#result = result;
    const { resultId } = result;
    this.panel = element('section', { class: 'chart-panel', role: 'tabpanel', id: `chart-${resultId}` });
    rows.setAttribute('role', 'tabpanel');
    rows.id = `rows-${resultId}`;
    this.#tabs = { rows: this.#tab('rows', 'Rows', 'table'), chart: this.#tab('chart', 'Chart', 'chart') };
    const { rows: first, chart: second } = this.#tabs;
    this.list = element(
      'div',
      { class: 'result-tabs', role: 'tablist', 'aria-label': 'Result' },
      first,
      second,
    );
    walkTabs(this.list);
    this.#show(result.charts.of(resultId).tab);
  }

  /** Once the panels are in the page. */
  mounted(): void {
    if (!this.panel.hidden) void this.#open();
  }

  dispose(): void {
    this.#disposed = true;
    this.#chart?.dispose();
  }

  #tab(name: TabName, label: string, picture: IconName): HTMLButtonElement {
    const tab = button('link', '', () => this.select(name));
    tab.className = 'result-tab';
    tab.setAttribute('role', 'tab');
    tab.id = `tab-${name}-${this.#result.resultId}`;
    const panel = name === 'rows' ? this.#rows : this.panel;
    tab.setAttribute('aria-controls', panel.id);
    panel.setAttribute('aria-labelledby', tab.id);
    tab.append(icon(picture), label);
    return tab;
  }

  select(name: TabName): void {
    this.#show(name);
    this.#result.charts.remember(this.#result.resultId, { tab: name });
    if (name === 'chart') void this.#open();
  }

  #show(name: TabName): void {
    this.panel.hidden = name !== 'chart';
    this.#rows.hidden = name !== 'rows';
    markTab(this.list, this.#tabs[name]);
  }

  #isTaken(): boolean {
    return this.#disposed || this.#chart !== undefined;
  }

  async #open(): Promise<void> {
    if (this.#isTaken()) return;
    const { resultId, columns, host, announce, charts } = this.#result;
    this.panel.replaceChildren(element('p', { class: 'chart-state' }, 'Loading charts…'));
    try {
      const drawing = await charts.loader.load();
      if (this.#isTaken()) return;
      const { chart } = charts.of(resultId);
      const onChart = (chosen: Chart): void => charts.remember(resultId, { chart: chosen });
      this.#chart = drawing.createChart({ resultId, columns, host, announce, chart, onChart });
      this.panel.replaceChildren(this.#chart.element);
      this.#chart.mounted?.();
    } catch (error) {
      const again = button('secondary', 'Try Again', () => void this.#open());
      this.panel.replaceChildren(
        element('p', { class: 'chart-state', role: 'alert' }, errorWords(error), ' ', again),
      );
    }
  }
}
