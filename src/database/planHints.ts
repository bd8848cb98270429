/**
 * Advice on a plan that was run, each with the figure that it rests on. Pure.
 * What the figures mean: PostgreSQL manual, "Using EXPLAIN", "Resource Consumption" and "Statistics Used by the Planner".
 */
import type { PlanActual, PlanMarks, PlanNode } from '../shared/planProtocol.ts';
import type { Figures } from './planFigures.ts';
import type { RawNode, RawPlan } from './planJson.ts';
import { relationOf, shownText } from './planText.ts';

/** Fewer rows than this are cheap however they are found. */
const manyRows = 10_000;
const manyLoops = 1000;
const manyBlocks = 1000;
/** Less than this is not worth a person's time. */
const longMs = 50;

/** What is known of a node when advice on it is given. */
interface Seen {
  readonly raw: RawNode;
  readonly actual: PlanActual;
  readonly figures: Figures;
  readonly misestimate: PlanMarks['misestimate'];
  /** Whether a LIMIT above may have stopped this node before its end. */
  readonly mayStop: boolean;
  readonly children: readonly PlanNode[];
}

type Rule = (seen: Seen) => string | undefined;

const rules: readonly Rule[] = [
  readsTooMuch,
  searchesForLimit,
  readAgain,
  loopsTooOften,
  comparesPairs,
  runsForEachRow,
  sortOnDisk,
  hashOnDisk,
  groupsOnDisk,
  visitsTable,
  lossyBitmap,
  cacheTooSmall,
  waitsForDisk,
  fewWorkers,
  wrongEstimate,
];

/** What may help a node, in words; most are given none. */
export function hintsOf(seen: Seen): string[] {
  return rules.flatMap((rule) => rule(seen) ?? []);
}

function readsTooMuch({ raw, actual }: Seen): string | undefined {
  const found = actual.rows * actual.loops;
  if (raw['Node Type'] !== 'Seq Scan' || actual.removed < manyRows || actual.removed < 9 * found)
    return undefined;
  const filter = shownText(raw.Filter ?? '', 120);
  return `Of ${shown(actual.removed + found)} rows read, ${shown(found)} were wanted: an index that fits ${filter} may help.`;
}

function searchesForLimit({ raw, actual, mayStop }: Seen): string | undefined {
  const found = actual.rows * actual.loops;
  const isSearch = mayStop && /^Index (Only )?Scan/.test(raw['Node Type']);
  if (!isSearch || actual.removed < manyRows || actual.removed < 9 * found) return undefined;
  const filter = shownText(raw.Filter ?? '', 120);
  return `To find the ${shown(found)} rows that the LIMIT wants, ${shown(actual.removed)} were read in the order of the index and thrown away: an index that begins with the columns of ${filter} may help.`;
}

function readAgain({ raw, actual }: Seen): string | undefined {
  if (raw['Node Type'] !== 'Seq Scan' || actual.loops < manyLoops || actual.removed >= manyRows * 9)
    return undefined;
  return `The whole of ${relationOf(raw) ?? 'this'} was read ${shown(actual.loops)} times: an index for the join may help.`;
}

function loopsTooOften({ raw, children }: Seen): string | undefined {
  if (raw['Node Type'] !== 'Nested Loop') return undefined;
  const [outer, inner] = children.filter(({ part }) => part === undefined);
  const loops = inner?.actual?.loops ?? 0;
  if (outer?.marks.misestimate?.direction !== 'under' || loops < manyLoops) return undefined;
  const [expected, came] = [outer.estimate.rows, outer.actual?.rows ?? 0];
  return `It was chosen for ${rows(expected)} and ${shown(came)} came, so the inner side ran ${shown(loops)} times (${inMs(inner?.actual?.totalMs ?? 0)}): with a better estimate of the outer side the planner may take a hash join.`;
}

function comparesPairs({ raw, actual }: Seen): string | undefined {
  const removed = (raw['Rows Removed by Join Filter'] ?? 0) * actual.loops;
  if (removed < 10 * manyRows) return undefined;
  const filter = shownText(raw['Join Filter'] ?? '', 120);
  return `${shown(removed)} pairs were compared and thrown away: an equality in the join, or an index that fits ${filter}, may help.`;
}

function runsForEachRow({ raw, actual }: Seen): string | undefined {
  const name = raw['Subplan Name'];
  if (name?.startsWith('SubPlan') !== true || actual.loops < manyLoops || actual.totalMs < longMs)
    return undefined;
  return `This subquery ran once for each of ${shown(actual.loops)} rows (${inMs(actual.totalMs)}): a join may do it once.`;
}

function sortOnDisk({ raw }: Seen): string | undefined {
  if (raw['Sort Space Type'] !== 'Disk') return undefined;
  const kb = raw['Sort Space Used'] ?? 0;
  // Rows take more room in memory than on disk; the tests see on a real server that this is enough.
  return `The sort went to disk (${shown(kb)} KB): ${workMem(kb * 3)} would keep it in memory.`;
}

function hashOnDisk({ raw }: Seen): string | undefined {
  const batches = raw['Hash Batches'] ?? 1;
  if (batches <= 1) return undefined;
  const peak = raw['Peak Memory Usage'];
  const enough = peak === undefined ? 'more work_mem' : workMem(peak * batches);
  return `The hash table went to disk in ${shown(batches)} parts${peak === undefined ? '' : ` of up to ${shown(peak)} KB`}: ${enough} would keep it in memory.`;
}

function groupsOnDisk({ raw }: Seen): string | undefined {
  const disk = raw['Disk Usage'] ?? 0;
  if ((raw['HashAgg Batches'] ?? 1) <= 1 || disk === 0) return undefined;
  const peak = raw['Peak Memory Usage'] ?? 0;
  return `The groups went to disk (${shown(disk)} KB): ${workMem(peak + disk * 2)} would keep them in memory.`;
}

function visitsTable({ raw, actual }: Seen): string | undefined {
  const fetches = raw['Heap Fetches'] ?? 0;
  const found = actual.rows * actual.loops;
  if (fetches < manyRows && (fetches < 1000 || fetches < found / 4)) return undefined;
  return `The index alone did not do: VACUUM ${relationOf(raw) ?? 'the table'} would spare ${shown(fetches)} reads of the table.`;
}

/** Postgres keeps 64 bytes for each block of a bitmap (tbm_calculate_entries). */
const bitmapBytesPerBlock = 64;

function lossyBitmap({ raw }: Seen): string | undefined {
  const lossy = raw['Lossy Heap Blocks'] ?? 0;
  const rechecked = raw['Rows Removed by Index Recheck'] ?? 0;
  const blocks = lossy + (raw['Exact Heap Blocks'] ?? 0);
  if (lossy < manyBlocks / 10 && rechecked < manyRows) return undefined;
  const recheck = `${shown(rechecked)} rows were checked for nothing`;
  if (lossy === 0)
    return `${recheck}: the bitmap did not fit into work_mem, or the index gives only candidates.`;
  return `The bitmap did not fit into work_mem: for ${shown(lossy)} of ${shown(blocks)} blocks it knew only the block, and ${recheck}. ${capital(workMem((blocks * bitmapBytesPerBlock) / 1024))} would hold it.`;
}

function cacheTooSmall({ raw, actual }: Seen): string | undefined {
  const evictions = (raw['Cache Evictions'] ?? 0) * actual.loops;
  if (evictions < manyLoops) return undefined;
  return `${shown(evictions)} entries had to leave the cache for others: more work_mem would keep them (${shown(raw['Peak Memory Usage'] ?? 0)} KB were used).`;
}

function waitsForDisk({ figures: { ownBuffers, selfMs } }: Seen): string | undefined {
  const { read = 0, readMs = 0 } = ownBuffers ?? {};
  if (readMs < 2 * longMs || readMs < selfMs / 2) return undefined;
  return `Reading ${shown(read)} blocks took ${inMs(readMs)} of its ${inMs(selfMs)}: run again, they may come from memory; fewer rows read, or more memory for the server, would help for good.`;
}

function fewWorkers({ raw }: Seen): string | undefined {
  const planned = raw['Workers Planned'] ?? 0;
  const launched = raw['Workers Launched'] ?? planned;
  if (launched >= planned) return undefined;
  return `Of ${shown(planned)} planned workers ${shown(launched)} could be launched: others held the rest of max_parallel_workers or max_worker_processes.`;
}

function wrongEstimate({ raw, actual, misestimate }: Seen): string | undefined {
  const relation = relationOf(raw);
  if (misestimate === undefined || relation === undefined || raw['Relation Name'] === undefined)
    return undefined;
  const came = `${rows(raw['Plan Rows'])} ${raw['Plan Rows'] === 1 ? 'was' : 'were'} expected and ${shown(actual.rows)} came`;
  const hasCondition = raw.Filter !== undefined || Reflect.has(raw, 'Index Cond') || actual.loops > 1;
  return hasCondition
    ? `${came}: ANALYZE ${relation}, or statistics on the columns together, may help.`
    : `${came}, without any condition: the statistics are missing or old, ANALYZE ${relation} will help.`;
}

/** Advice on the plan as a whole. */
export function planNotes({
  JIT: jit,
  Triggers: triggers = [],
  'Execution Time': ran = 0,
  'Planning Time': planned = 0,
}: RawPlan): string[] {
  const notes: string[] = [];
  const jitMs = jit?.Timing?.Total ?? 0;
  if (jit !== undefined && jitMs >= longMs && jitMs >= ran / 4)
    notes.push(
      `Compiling ${shown(jit.Functions)} functions (JIT) took ${inMs(jitMs)} of ${inMs(ran)}: a higher jit_above_cost, or jit = off, may help.`,
    );
  if (planned >= 2 * longMs && planned > ran && ran > 0)
    notes.push(
      `Planning took ${inMs(planned)}, longer than running (${inMs(ran)}): many partitions or joins; a prepared statement may spare it.`,
    );
  const fired = triggers.reduce((whole, { Time = 0 }) => whole + Time, 0);
  if (fired >= longMs && fired >= ran / 4)
    notes.push(`Triggers took ${inMs(fired)} of ${inMs(ran)}: a foreign key without an index, often.`);
  return notes;
}

/** `work_mem` for so many KB, as a round number of megabytes. */
function workMem(kb: number): string {
  const mb = Math.max(1, kb / 1024);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(mb)) - 1);
  return `about ${shown(Math.ceil(mb / step) * step)} MB of work_mem`;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${shown(count)} rows`;
}

function inMs(ms: number): string {
  return ms < 1000
    ? `${shown(ms)} ms`
    : `${(ms / 1000).toLocaleString('en-US', { maximumFractionDigits: 1 })} s`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function shown(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
