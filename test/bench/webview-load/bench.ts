/** How heavy the results view is to load: its bundle as it goes over the wire compressed, and the time until it listens. */
import { gzipSync } from 'node:zlib';
import { bundleWebview, startWorkbench } from '../../integration/webview/resultsPage.ts';
import { median, type Measurement, type Tell } from '../measurement.ts';

const loads = 9;
/** What the bundle may weigh, in KB. */
const allowedKb = 80;

/** Ours is the size of script and style sheet, compressed; the reference is what is allowed. */
export async function measure(tell: Tell, signal: AbortSignal): Promise<Measurement> {
  const { script, style } = await bundleWebview();
  const kb = (gzipSync(script).length + gzipSync(style).length) / 1000;
  const workbench = await startWorkbench();
  const times: number[] = [];
  try {
    for (let load = 0; load < loads; load++) {
      signal.throwIfAborted();
      const view = await workbench.open();
      // From the navigation to the view that says that there is nothing yet: the page has spoken with the host.
      times.push(await view.page.evaluate(() => performance.now()));
      await view.close();
    }
  } finally {
    await workbench.close();
  }
  tell(`${kb.toFixed(1)} KB compressed; it listens after ${median(times).toFixed()} ms (middle of ${loads})`);
  return { ours: kb, reference: allowedKb, unit: 'KB compressed', extra: { loadMs: median(times) } };
}
