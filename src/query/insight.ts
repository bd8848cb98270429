/** What the statistics of a result say at once, without a model: sentences, and a chart that would show it. */
import type { Insight } from '../shared/insightProtocol.ts';
import { chartWords, proposeChart } from './chart.ts';
import { insightSentences } from './insightWords.ts';
import type { ResultFacts } from './resultFacts.ts';

export function insightOf(facts: ResultFacts): Pick<Insight, 'sentences' | 'chart' | 'chartWords'> {
  const chart = proposeChart(facts);
  return {
    sentences: insightSentences(facts),
    ...(chart === undefined ? {} : { chart, chartWords: chartWords(chart) }),
  };
}
