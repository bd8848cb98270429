/** Asks a scripted world, and looks at what came of it. */
import assert from 'node:assert/strict';
import { ReadOnlySql } from '../../../src/database/guard.ts';
import type { Turn } from '../../../src/query/conversation.ts';
import { propose, type Progress, type Proposal } from '../../../src/query/propose.ts';
import { startTrace, type Trace } from '../../../src/query/trace.ts';
import { KhipuError } from '../../../src/shared/errors.ts';
import { type ScriptedWorld } from './scriptedWorld.ts';

export const never = new AbortController().signal;
export const good = 'SELECT count(*) FROM shop.orders';

export interface Run {
  readonly trace: Trace;
  readonly progress: Progress[];
  readonly outcome: Promise<Proposal | { clarification: string }>;
}

export function run(
  world: ScriptedWorld,
  signal: AbortSignal = never,
  onProgress?: (progress: Progress) => void,
  earlier?: readonly Turn[],
): Run {
  const trace = startTrace('How many orders?', 'test');
  const progress: Progress[] = [];
  const outcome = propose(
    { question: 'How many orders?', earlier },
    world,
    trace,
    (each) => {
      progress.push(each);
      onProgress?.(each);
    },
    signal,
  );
  outcome.catch(() => undefined); // looked at by the test
  return { trace, progress, outcome };
}

export async function proposed(world: ScriptedWorld): Promise<Proposal & { trace: Trace; steps: string[] }> {
  const { outcome, trace, progress } = run(world);
  const answer = await outcome;
  assert.ok('statement' in answer);
  return {
    ...answer,
    trace,
    steps: progress.map(({ step }) => step).filter((step, at, all) => step !== all[at - 1]),
  };
}

export async function failed(world: ScriptedWorld): Promise<{ error: KhipuError; trace: Trace }> {
  const { outcome, trace } = run(world);
  const error = await outcome.then(
    () => assert.fail('It was answered.'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof KhipuError, String(error));
  return { error, trace };
}

/** Whatever happens, only what the guard made may reach the server. */
export function onlyGuarded({ explained }: ScriptedWorld): void {
  for (const statement of explained) assert.ok(ReadOnlySql.is(statement));
}
