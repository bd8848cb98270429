/** docs/safety.md names the attacks and disguises that the matrix has, so that it cannot go stale unseen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { disguiseList } from '../../../scripts/safetyText.ts';
import { repository } from '../../host/folders.ts';
import { cellsOf } from '../../integration/database/attacks/disguises.ts';
import { payloads } from '../../integration/database/attacks/payloads.ts';

describe('docs/safety.md', () => {
  const text = readFileSync(join(repository, 'docs/safety.md'), 'utf8');

  it('opens with what scripts/safetyIntro.md says', () => {
    const intro = readFileSync(join(repository, 'scripts/safetyIntro.md'), 'utf8').trimEnd();
    assert.ok(text.startsWith(intro));
  });

  it('lists every disguise', () => {
    for (const kind of ['expression', 'statement'] as const) assert.ok(text.includes(disguiseList(kind)));
  });

  it('has a row of refusals for every payload, as wide as its disguises, and no other', () => {
    const rows = [...text.matchAll(/^\| `(.+)`( ✱)? \| (.+) \| (.+) \| (.+) \|$/gm)];
    assert.deepEqual(
      rows.map(([, name, star]) => [name?.replaceAll('\\|', '|'), star !== undefined]),
      [...payloads]
        .sort((a, b) => Number(a.kind === 'statement') - Number(b.kind === 'statement'))
        .map(({ name, control }) => [name, control === 'read-only']),
    );
    for (const [, name = '', , bites, changed, marks = ''] of rows) {
      const payload = payloads.find((each) => each.name === name.replaceAll('\\|', '|'));
      assert.ok(payload !== undefined);
      assert.match(marks, /^[●○]+$/, name);
      assert.equal(marks.length, cellsOf(payload).length, name);
      assert.deepEqual([bites, changed], [payload.bite, 'nothing'], name);
    }
  });
});
