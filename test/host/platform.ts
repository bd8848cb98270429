/** What VS Code and npm call the platform that we run on. */

/** The target of a VSIX: `linux-x64`, `darwin-arm64`, `win32-x64`, `alpine-x64`… */
export function vsixTarget(): string {
  const { platform, arch } = process;
  return `${platform === 'linux' && isMusl() ? 'alpine' : platform}-${arch}`;
}

function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
