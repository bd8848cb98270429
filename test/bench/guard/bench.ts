/**
 * How long the guard takes for a statement of 1 KB, once warm: parsing, the walk, and the judgement of every name by the facts of a
 * real server. The reference is libpg-query's own parse of the same text in the same run.
 */
import { performance } from 'node:perf_hooks';
import { loadModule, parseSync } from 'libpg-query';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import { loadParser } from '../../../src/database/parse.ts';
import { startAnalyticalServer } from '../../integration/database/analyticalCorpus.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';

/** What the product promises, in milliseconds. */
const budgetMs = 0.5;
const warmUps = 500;
const rounds = 2000;

const statement = `WITH monthly AS (
  SELECT date_trunc('month', o.placed) AS month, c.country, sum(l.quantity * l.price * (1 - coalesce(o.discount, 0) / 100)) AS revenue,
         count(DISTINCT o.customer) AS buyers, percentile_cont(0.5) WITHIN GROUP (ORDER BY o.total) AS typical
    FROM orders o JOIN customers c ON c.id = o.customer JOIN lines l ON l.order_id = o.id
   WHERE o.placed >= date_trunc('year', now()) - interval '1 year' AND o.status IN ('paid', 'shipped')
     AND NOT EXISTS (SELECT 1 FROM events e WHERE e.payload ->> 'order' = o.id::text AND e.kind = 'refund')
   GROUP BY 1, 2
), ranked AS (
  SELECT m.*, rank() OVER (PARTITION BY month ORDER BY revenue DESC) AS place,
         revenue - lag(revenue) OVER (PARTITION BY country ORDER BY month) AS change
    FROM monthly m
)
SELECT to_char(month, 'YYYY-MM') AS month, country, round(revenue, 2) AS revenue, buyers, round(typical::numeric, 2) AS typical, place,
       CASE WHEN change > 0 THEN 'up' WHEN change < 0 THEN 'down' ELSE 'same' END AS trend
  FROM ranked WHERE place BETWEEN 1 AND 10 ORDER BY month, place LIMIT 100`;

export async function measure(tell: Tell): Promise<Measurement> {
  const { server, catalog } = await startAnalyticalServer();
  await server.dispose();
  const parser = await loadParser();
  await loadModule();
  const guardMs = (): number => timed(() => ReadOnlySql.fromText(parser, catalog, statement));
  const parseMs = (): number => timed(() => parseSync(statement));
  for (let round = 0; round < warmUps; round++) {
    guardMs();
    parseMs();
  }
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(guardMs());
    reference.push(parseMs());
  }
  const [guard, parse] = [median(ours), median(reference)];
  tell(
    `${Buffer.byteLength(statement)} bytes, median of ${rounds}: guard ${guard.toFixed(3)} ms (${guard <= budgetMs ? 'within' : 'OVER'} its ${budgetMs} ms), libpg-query alone ${parse.toFixed(3)} ms`,
  );
  return { ours: guard, reference: parse, unit: 'ms' };
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
