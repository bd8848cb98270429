/** Whether LanceDB's binary runs on this processor: on a lesser one it ends the process by an illegal instruction. */
import { readFile } from 'node:fs/promises';

/** Instructions that the x64 binaries are compiled to use. */
const needed = ['avx2', 'fma'];

/** Reads the flags of a `/proc/cpuinfo`; without a line of flags nothing can be said, and nothing is missing. */
export function missingInstructions(cpuinfo: string): string[] {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/);
  return flags === undefined ? [] : needed.filter((flag) => !flags.includes(flag));
}

/** The instructions that this machine lacks; only Linux on x64 can be asked without running any of them. */
export async function missingHere(): Promise<string[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  return missingInstructions(await readFile('/proc/cpuinfo', 'utf8'));
}
