/** How long a question waits for its tables out of 10,000, in a process that is new and in one that runs, and its memory. */
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../src/database/catalog.ts';
import { createKnowledge, type Knowledge } from '../../../src/rag/knowledge.ts';
import { manyQuestions, manyTables, vectorsPath, workerEntry } from '../manyTables.ts';
import { median, quantile, type Measurement, type Tell } from '../measurement.ts';

const tables = 10_000;
/** Lives of the process, and how many of its first questions count as cold. */
const lives = 8;
const coldQuestions = 5;
const warmQuestions = 400;

/**
 * Ours is the 95th of 100 questions in a process that runs; the reference is the same in one that has just started, with the
 * index open.
 * @throws when LanceDB does not answer, or it is interrupted
 */
export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  const storageDirectory = await mkdtemp(join(tmpdir(), 'khipu-bench-'));
  try {
    const catalog = manyTables(tables);
    const questions = manyQuestions(catalog, lives * coldQuestions + warmQuestions);
    const open = (): Knowledge =>
      createKnowledge({ workerEntry, vectorsPath, storageDirectory, log: () => undefined });
    const cold: number[] = [];
    const ready: number[] = [];
    let warm: number[] = [];
    let memoryMb = 0;
    for (let life = 0; life <= lives; life++) {
      const knowledge = open();
      try {
        const started = performance.now();
        await knowledge.prepare({ databaseKey: 'many', catalog, verified: [] }, signal);
        // The first life makes the index; its questions are not counted.
        if (life === 0) continue;
        ready.push(performance.now() - started);
        const from = (life - 1) * coldQuestions;
        cold.push(
          ...(await timesOf(knowledge, catalog, questions.slice(from, from + coldQuestions), signal)),
        );
        if (life < lives) continue;
        warm = await timesOf(knowledge, catalog, questions.slice(lives * coldQuestions), signal);
        memoryMb = await mostMemory(knowledge.processId);
      } finally {
        await knowledge.dispose();
      }
    }
    const [coldMs, warmMs] = [quantile(cold, 0.95), quantile(warm, 0.95)];
    tell(
      `warm: half of the questions within ${median(warm).toFixed(1)} ms, 95 of 100 within ${warmMs.toFixed(1)} ms`,
    );
    tell(
      `cold: the first ${coldQuestions} of each process: half within ${median(cold).toFixed(1)} ms, 95 of 100 within ${coldMs.toFixed(1)} ms`,
    );
    tell(`a new process has the index ready after ${median(ready).toFixed()} ms; until then memory answers`);
    tell(`the process had ${memoryMb.toFixed()} MB at most`);
    const extra = { warmP95Ms: warmMs, coldP95Ms: coldMs, readyMs: median(ready), memoryMb };
    return { ours: warmMs, reference: coldMs, unit: 'ms', extra };
  } finally {
    await rm(storageDirectory, { recursive: true, force: true });
  }
}

async function timesOf(
  knowledge: Knowledge,
  catalog: Catalog,
  questions: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  const times: number[] = [];
  for (const question of questions) {
    const started = performance.now();
    const found = await knowledge.retrieve({ databaseKey: 'many', catalog, verified: [], question }, signal);
    times.push(performance.now() - started);
    if (found.engine !== 'lancedb') throw new Error(`In memory: ${found.notice ?? '?'}`);
  }
  return times;
}

/** Resident memory at its highest, in MB; as Linux tells it, and 0 elsewhere. */
async function mostMemory(processId: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${processId ?? 'self'}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
