/** What VS Code calls inside its extension host: waits until both extensions are active, and writes their times to a file. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import * as z from 'zod';
import { timesKey } from './times.ts';

const marks = z.object({
  getMarks: z.custom<() => readonly { readonly name: string; readonly startTime: number }[]>(),
});

export async function run(): Promise<void> {
  const results = process.env['KHIPU_BENCH_RESULTS'];
  assert.ok(results !== undefined);
  const ids = { khipu: 'khipu.khipu', empty: 'khipu.empty' };
  const times: Record<string, object> = {};
  for (const [name, id] of Object.entries(ids)) {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not there`);
    await extension.activate(); // which it does by itself: this waits for it
    const own = ((globalThis as Record<string, unknown>)[timesKey] as Record<string, object>)[name];
    times[name] = { ...own, loadByVsCodeMs: loadByVsCode(id) };
  }
  writeFileSync(results, JSON.stringify(times));
}

/** From the marks that VS Code sets for its own Startup Performance report. */
function loadByVsCode(id: string): number {
  const { getMarks } = marks.parse((globalThis as Record<string, unknown>)['MonacoPerformanceMarks']);
  const at = new Map(getMarks().map(({ name, startTime }) => [name, startTime]));
  const [from, to] = ['will', 'did'].map((when) => at.get(`code/extHost/${when}LoadExtensionCode/${id}`));
  return (to ?? Number.NaN) - (from ?? Number.NaN);
}
