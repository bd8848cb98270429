/** Paths as people write them in settings: `~` stands for the home directory. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function absolutePath(path: string): string {
  return path === '~' || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path;
}
