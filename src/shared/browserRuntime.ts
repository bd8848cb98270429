/** Makes vscode-jsonrpc and zod fit for a page under a strict content security policy. */
import 'vscode-jsonrpc/browser'; // installs the timers and the console that the RPC uses
import * as z from 'zod/mini';

/** Call before the first message: zod otherwise probes for `eval`, which the policy forbids and reports. */
export function prepareBrowserRuntime(): void {
  z.config({ jitless: true });
}
