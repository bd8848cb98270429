/** Writes docs/safety.md from a run of the attack matrix: `node scripts/safetyDoc.ts`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../test/host/folders.ts';
import { runMatrix } from '../test/integration/database/attacks/matrix.ts';
import { safetyDocument } from './safetyText.ts';

const verdicts = await runMatrix();
await writeFile(join(repository, 'docs/safety.md'), safetyDocument(verdicts));
const cells = verdicts.flatMap((verdict) => verdict.cells);
const open = cells.filter(({ verdict }) => verdict !== 'guard' && verdict !== 'grammar');
console.log(`${verdicts.length} payloads, ${cells.length} cells, ${open.length} of them not refused`);
process.exitCode = open.length === 0 ? 0 : 1;
