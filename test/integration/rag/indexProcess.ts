/** What the tests of the index process share: the real worker, the real vectors, a directory of their own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeCatalogCards } from '../../../src/rag/catalogCards.ts';
import { verifiedCard } from '../../../src/rag/card.ts';
import type { KnowledgeItem } from '../../../src/rag/knowledgeStore.ts';
import type { VerifiedQuestion } from '../../../src/rag/retrieval.ts';
import { never, shop } from '../../unit/rag/schema.ts';

export const workerEntry = resolve('src/rag/worker.ts');
export const vectorsPath = resolve('dist/vectors.bin');

/** Makes the vectors file unless it is there. */
export function buildVectors(): void {
  execFileSync(process.execPath, ['scripts/buildVectors.mjs', vectorsPath], { stdio: 'pipe' });
}

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'khipu-rag-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const verified: readonly VerifiedQuestion[] = [
  { question: 'How many orders per country?', sql: 'select 1' },
  { question: 'Which products have no reviews?', sql: 'select 2' },
  { question: 'Total salary of all employees', sql: 'select 3' },
];

export async function shopItems(): Promise<KnowledgeItem[]> {
  const { items } = await makeCatalogCards(shop, never);
  return [...items, ...verified.map(verifiedCard)];
}

/** A log that watches for processes as they start. */
export interface ProcessLog {
  readonly log: (line: string) => void;
  /** Told the id of each process as it starts. */
  onStart: ((pid: number) => void) | undefined;
}

export function processLog(): ProcessLog {
  const collected: ProcessLog = {
    onStart: undefined,
    log: (line) => {
      const started = /^index: started, process (\d+)$/.exec(line)?.[1];
      if (started !== undefined) collected.onStart?.(Number(started));
    },
  };
  return collected;
}

export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') return true;
    throw thrown;
  }
}
