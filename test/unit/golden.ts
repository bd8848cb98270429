/** Texts that are compared as a whole with a file that a person has read. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Fails on any difference. To accept new wording, run the tests with `KHIPU_WRITE_GOLDEN=1` and read the diff. */
export function assertGolden(file: string, actual: string): void {
  if (process.env['KHIPU_WRITE_GOLDEN'] === '1') writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, 'utf8').replaceAll('\r\n', '\n'));
}
