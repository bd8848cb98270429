/** The address of a workbench page: what it opens, and the payload that says which extension to load and which tests to run. */
export interface PageOptions {
  /** Absolute path of the folder to open. */
  readonly workspace: string;
  /** Absolute path of the extension's folder, for a server with its test driver; without it only installed ones run. */
  readonly extensionPath?: string | undefined;
  /** Absolute path of a module whose `run()` the extension host is to call. */
  readonly testsPath?: string | undefined;
}

/** @param port that the VS Code server listens on at 127.0.0.1 */
export function pageAddress(port: number, { workspace, extensionPath, testsPath }: PageOptions): string {
  const authority = `127.0.0.1:${port}`;
  const remote = (path: string): string => `vscode-remote://${authority}${encodeURI(asUriPath(path))}`;
  const payload: [string, string][] = [];
  if (extensionPath !== undefined) payload.push(['extensionDevelopmentPath', remote(extensionPath)]);
  if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(testsPath)]);
  const query = new URLSearchParams({ folder: asUriPath(workspace) });
  if (payload.length > 0) query.set('payload', JSON.stringify([...payload, ['skipWelcome', 'true']]));
  return `http://${authority}/?${query.toString()}`;
}

/** `C:\a b` becomes `/c:/a b`. */
function asUriPath(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  return slashed.startsWith('/') ? slashed : `/${slashed}`;
}
