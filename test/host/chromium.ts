/** Finds a Chromium on this machine, or installs Debian's, and starts it for Playwright. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { findOnPath, type Log } from './run.ts';
import { canInstallPackages, installPackages } from './systemPackages.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const macPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const windowsPlaces = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
];

/**
 * The path of a Chromium: `KHIPU_CHROMIUM`, the PATH, the usual places; on Debian as root it is installed when missing.
 * @throws Error that says what to install
 */
export async function ensureChromium(log: Log, signal: AbortSignal): Promise<string> {
  const named = process.env['KHIPU_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`KHIPU_CHROMIUM names ${named}, which does not exist.`);
  }
  const found = findOnPath(names) ?? usualPlaces().find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (canInstallPackages()) {
    await installPackages(['chromium', 'fonts-dejavu-core'], log, signal);
    const installed = findOnPath(names);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'No Chromium or Chrome was found. Install one (Debian: apt-get install chromium), or set KHIPU_CHROMIUM to its path.',
  );
}

function usualPlaces(): string[] {
  const programs = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap(
    (key) => process.env[key] ?? [],
  );
  return [...macPlaces, ...programs.flatMap((root) => windowsPlaces.map((place) => join(root, place)))];
}

/** Starts it without a window (`KHIPU_HEADED=1` shows one). The caller closes the browser. */
export async function launchChromium(log: Log, signal: AbortSignal): Promise<Browser> {
  const executablePath = await ensureChromium(log, signal);
  return chromium.launch({
    executablePath,
    args: flags,
    headless: process.env['KHIPU_HEADED'] !== '1',
    chromiumSandbox: false,
    // Playwright would close the browser and swallow the signal; whoever runs us decides what a signal means.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: 60_000,
  });
}
