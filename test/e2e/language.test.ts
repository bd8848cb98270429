/** The language server in VS Code: syntax errors where they are, and gone when they are mended. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, until } from './events.ts';
import { openFile, openSqlFile, type OpenFile } from './openFile.ts';

/** What the errors are about, once there are so many of them. */
function errorsIn(file: OpenFile, count: number): Promise<{ at: string; message: string }[]> {
  return until(vscode.languages.onDidChangeDiagnostics, () => {
    const found = vscode.languages.getDiagnostics(file.uri);
    if (found.length !== count) return undefined;
    return found.map(({ range, message }) => ({ at: file.document.getText(range), message }));
  });
}

describe('Diagnostics in .sql files', () => {
  afterEach(closeEditors);

  it('stand at the word that is wrong, whatever comes before it, and vanish when it is mended', async () => {
    const file = await openSqlFile(`SELECT '🦙 größer', nam FORM animals;\n`);
    const [error] = await errorsIn(file, 1);
    assert.match(error?.message ?? '', /syntax error at or near "animals"/);
    assert.equal(error?.at, 'animals');
    await file.write(`SELECT '🦙 größer', nam FROM animals;\n`);
    await errorsIn(file, 0);
  });

  it('one broken statement does not hide the others', async () => {
    const file = await openSqlFile('SELEC 1;\r\nSELECT 2;\r\nSELECT 3,;\r\nSELECT 4 FROM;\r\n');
    const errors = await errorsIn(file, 3);
    assert.deepEqual(
      errors.map(({ at }) => at),
      ['SELEC', ',', 'FROM'],
    );
  });

  it('are not given to what is not SQL', async () => {
    const wrong = await openSqlFile('SELEC 1;\n');
    const prose = await openFile('SELEC 1;\n', 'txt');
    await errorsIn(wrong, 1);
    assert.deepEqual(vscode.languages.getDiagnostics(prose.uri), []);
  });
});
