/**
 * How long Khipu takes to activate in a real VS Code: the time that its code holds the extension host, in five fresh windows.
 * The reference is an extension that does nothing but register one command, activated in the same window in the same way.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runExtensionTests } from '../../host/extensionTests.ts';
import { freshFolder, repository } from '../../host/folders.ts';
import { linkExtensions } from '../../host/installedExtension.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';
import { windowTimes, type Times, type WindowTimes } from './times.ts';
import { writeEmptyExtension, writeTimedKhipu } from './timedExtensions.ts';

const windows = 5;

/** What the product promises, in milliseconds. */
const budgetMs = 50;

export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  const folder = await freshFolder('bench-activation');
  const khipu = await writeTimedKhipu(join(folder, 'khipu'));
  const extensionsDir = join(folder, 'extensions');
  await linkExtensions([await writeEmptyExtension(join(folder, 'empty'))], extensionsDir);
  const all: WindowTimes[] = [];
  for (let window = 1; window <= windows; window++) {
    const times = await timeOneWindow(khipu, extensionsDir, signal);
    tell(`window ${window}: Khipu ${words(times.khipu)}; empty extension ${words(times.empty)}`);
    all.push(times);
  }
  const ours = median(all.map(({ khipu: times }) => times.loadMs + times.activateMs));
  const reference = median(all.map(({ empty: times }) => times.loadMs + times.activateMs));
  tell(
    `median of ${windows}: Khipu ${ours.toFixed(1)} ms (${ours < budgetMs ? 'under' : 'OVER'} its ${budgetMs} ms)`,
  );
  return { ours, reference, unit: 'ms' };
}

async function timeOneWindow(
  extensionPath: string,
  extensionsDir: string,
  signal: AbortSignal,
): Promise<WindowTimes> {
  const results = join(await freshFolder('bench-results'), 'times.json');
  const testsPath = join(repository, 'dist-test/bench/activation/inside.cjs');
  const workspace = await freshFolder('bench-workspace');
  const env = { KHIPU_BENCH_RESULTS: results };
  const log = (): void => undefined;
  await runExtensionTests(
    { extensionPaths: [extensionPath], extensionsDir, testsPath, workspace, env, log },
    signal,
  );
  return windowTimes.parse(JSON.parse(await readFile(results, 'utf8')));
}

function words({ loadMs, activateMs, loadByVsCodeMs }: Times): string {
  const total = loadMs + activateMs;
  return `${total.toFixed(1)} ms (code ${loadMs.toFixed(1)}, by VS Code's clock ${loadByVsCodeMs}; activate() ${activateMs.toFixed(1)})`;
}
