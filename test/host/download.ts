/** A child process: downloads VS Code desktop with test-electron and tells its parent of every step; killed when it hangs. */
import { downloadAndUnzipVSCode, type ProgressReport } from '@vscode/test-electron';

export type DownloadEnd =
  { readonly kind: 'done'; readonly executable: string } | { readonly kind: 'failed'; readonly why: string };

/** `arriving`: bytes have come. */
export type DownloadMessage = DownloadEnd | { readonly kind: 'progress'; readonly arriving: boolean };

function tell(message: DownloadMessage): void {
  process.send?.(message);
}

function tellOf(report: ProgressReport): void {
  if ('error' in report) tell({ kind: 'failed', why: report.error.message });
  else tell({ kind: 'progress', arriving: 'bytesSoFar' in report && report.bytesSoFar > 0 });
}

const [, , cachePath = '.vscode-test'] = process.argv;
downloadAndUnzipVSCode({ cachePath, reporter: { report: tellOf, error: () => undefined } }).then(
  (executable) => tell({ kind: 'done', executable }),
  (error: unknown) => tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) }),
);
