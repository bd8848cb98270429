/** The published attack matrix: every attack in every disguise changes nothing, and each of them bites without the guard. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../host/folders.ts';
import { safetyDocument } from '../../../scripts/safetyText.ts';
import { expressionDisguises, statementDisguises } from './attacks/disguises.ts';
import { runMatrix, type PayloadVerdict } from './attacks/matrix.ts';
import { payloads } from './attacks/payloads.ts';

describe('guard: the attack matrix, as superuser on Postgres 18', () => {
  let verdicts: readonly PayloadVerdict[] = [];
  before(async function () {
    this.timeout(120_000);
    verdicts = await runMatrix();
  });

  it('has at least 60 payloads in at least 12 disguises each', () => {
    assert.ok(payloads.length >= 60 && expressionDisguises.length >= 12 && statementDisguises.length >= 12);
    assert.equal(new Set(payloads.map(({ name }) => name)).size, payloads.length);
    assert.equal(verdicts.length, payloads.length);
  });

  it('refuses every cell', () => {
    const open = verdicts.flatMap(({ payload, cells }) =>
      cells
        .filter(({ verdict }) => verdict !== 'guard' && verdict !== 'grammar')
        .map(
          ({ disguise, verdict, said, sql }) =>
            `${payload.name} | ${disguise}: ${verdict} ${said}\n    ${sql}`,
        ),
    );
    assert.deepEqual(open, []);
  });

  it('changes nothing', () => {
    const harmed = verdicts.filter(({ changed }) => changed.length > 0);
    assert.deepEqual(
      harmed.map(({ payload, changed }) => [payload.name, changed]),
      [],
    );
  });

  it('has payloads that all bite without the guard', () => {
    const toothless = verdicts.filter(({ payload, control }) => !control.bites.has(payload.bite));
    assert.deepEqual(
      toothless.map(({ payload, control }) => [
        payload.name,
        payload.bite,
        [...control.bites],
        control.error,
      ]),
      [],
    );
  });

  it('is what docs/safety.md says', () => {
    const file = join(repository, 'docs/safety.md');
    assert.ok(existsSync(file), 'run: node scripts/safetyDoc.ts');
    assert.equal(readFileSync(file, 'utf8'), safetyDocument(verdicts), 'run: node scripts/safetyDoc.ts');
  });
});
