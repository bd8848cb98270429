/** The script of charts: loaded by the page when the first chart is wanted, and handed over by an event on its own element. */
import { chartsLoaded } from '../chartLoader.ts';
import { ChartView, type ChartViewParts } from './chartView.ts';

export interface ChartModule {
  createChart(parts: ChartViewParts): ChartView;
}

const module: ChartModule = { createChart: (parts) => new ChartView(parts) };
document.currentScript?.dispatchEvent(new CustomEvent(chartsLoaded, { detail: module }));
