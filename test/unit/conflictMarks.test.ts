/** A merge that was not finished must not land: Markdown and SQL have no compiler that would tell. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../host/folders.ts';

/** At the beginning of a line, which this one is not. */
const mark = /^(?:<{7}|>{7}) /m;

describe('what is written here', () => {
  it('holds no marks of a conflict', () => {
    const files = globSync(
      ['*.{md,json}', '{docs,src,test,scripts,webview-ui,media}/**/*.{md,ts,sql,css,json,yml}'],
      {
        cwd: repository,
        exclude: (name) => /(?:^|[\\/])node_modules$/.test(name),
      },
    );
    assert.ok(files.length > 300, `${files.length} files`);
    assert.deepEqual(
      files.filter((file) => mark.test(readFileSync(join(repository, file), 'utf8'))),
      [],
    );
  });
});
