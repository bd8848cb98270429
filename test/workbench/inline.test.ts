/** Questions and statements in a .sql file: the buttons above their lines, and the marks under what is wrong. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDemoWorkspace } from '../host/demoWorkspace.ts';
import { editor, openFile, screenshot } from '../host/workbenchPage.ts';
import { answer, problem, sampleTree, shownRows } from './gestures.ts';
import { useWorkbench } from './session.ts';
import { goToEnd, line, pressLens, pressLensFor, savedText, writeLast } from './sqlEditor.ts';

describe('in a .sql file', () => {
  let file = '';
  let original = '';
  const window = useWorkbench(async () => {
    const workspace = await freshDemoWorkspace();
    file = join(workspace, 'questions.sql');
    original = await readFile(file, 'utf8');
    const settings = {
      'khipu.model.provider': 'none',
      // Words that VS Code suggests while one types would take the Enter key for themselves.
      'editor.quickSuggestions': false,
      // Else the last lines would stand at the very top, where the tabs cover their buttons.
      'editor.scrollBeyondLastLine': false,
      // As on the desktop; in a browser VS Code saves by itself.
      'files.autoSave': 'off',
    };
    return { workspace, settings };
  });
  const comment = '-- top ten customers by revenue';

  it('Generate SQL writes the statement below its comment', async function () {
    this.timeout(90_000);
    const { page } = window;
    await sampleTree(page);
    await openFile(page, 'questions.sql');
    await pressLens(page, 'Generate SQL', comment);
    await line(page, 'LIMIT 10').waitFor();
    await screenshot(page, 'inline-generated-dark');
    const text = await savedText(page, file);
    const below = text.slice(text.indexOf(comment) + comment.length);
    assert.match(below, /^\nSELECT[^;]+LIMIT 10;\n\n-- orders per country/);
    assert.equal(text.length - original.length, below.indexOf(';') + 1);
  });

  it('one undo takes it back', async () => {
    const { page } = window;
    await line(page, comment).click();
    await page.keyboard.press('ControlOrMeta+Z');
    await line(page, 'LIMIT 10').waitFor({ state: 'hidden' });
    assert.equal(await savedText(page, file), original);
  });

  it('a second press replaces the statement that stands there', async () => {
    const { page } = window;
    const old = 'SELECT 1 AS old;';
    await line(page, comment).click();
    await page.keyboard.press('End');
    await page.keyboard.type(`\n${old}`);
    await line(page, old).waitFor();
    await pressLens(page, 'Generate SQL', comment);
    await line(page, 'LIMIT 10').waitFor();
    const once = await savedText(page, file);
    assert.equal(once.includes(old), false);
    assert.match(once, /-- top ten customers by revenue\nSELECT[^;]+LIMIT 10;\n\n-- orders per country/);
  });

  it('Ask answers the comment beside the file', async () => {
    const { page } = window;
    await pressLens(page, 'Ask', comment);
    const view = await answer(page, 'top ten customers by revenue');
    assert.equal((await shownRows(view)).length, 10);
    await view.locator('.chip.verified').waitFor();
    await page.getByRole('tab', { name: 'questions.sql' }).waitFor();
  });

  it('Run shows the rows of a statement that the user wrote', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'questions.sql' }).click();
    await goToEnd(page);
    const tab = page.getByRole('tab', { name: /^SELECT c\.country_code/ });
    await pressLensFor(page, 'Run', 'SELECT c.country_code', tab);
    const view = await answer(page);
    await view.locator('.chip.typed').getByText('Typed by you').waitFor();
    assert.equal(await view.locator('.row-count').innerText(), '12 rows');
    assert.equal((await shownRows(view))[0]?.length, 2);
    await screenshot(page, 'inline-run-dark');
  });

  it('marks a syntax error, and Run shows where it is', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'questions.sql' }).click();
    await writeLast(page, 'SELECT name FORM shop.countries ORDER BY name;');
    await editor(page).locator('.squiggly-error').waitFor();
    await pressLens(page, 'Run', 'SELECT name FORM');
    const view = await problem(page);
    assert.match(await view.locator('.problem .what').innerText(), /syntax error at or near "shop"/);
    assert.equal(await view.locator('.faulty-sql figcaption').innerText(), 'SQL, line 1, column 18');
    assert.equal(await view.locator('.sql-fault').innerText(), 'shop');
    await screenshot(page, 'inline-fault-dark');
  });

  it('a name that exists is put in the place of one that does not, and the statement runs again', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'questions.sql' }).click();
    await writeLast(page, 'SELECT regoin FROM shop.countries ORDER BY 1;');
    await pressLens(page, 'Run', 'SELECT regoin');
    const view = await problem(page);
    await view.locator('.candidates').getByRole('button', { name: 'region', exact: true }).click();
    const rows = await answer(page);
    assert.deepEqual((await shownRows(rows))[0], ['Asia']);
    // The results have the focus, and the file stands beside them.
    await page.locator('.view-line').filter({ hasText: 'SELECT region FROM' }).waitFor();
  });

  it('Run refuses what would write', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'questions.sql' }).click();
    await writeLast(page, 'UPDATE shop.products SET price = 0;');
    await pressLens(page, 'Run', 'UPDATE shop.products');
    const view = await problem(page);
    await view
      .locator('.problem .what')
      .getByText(/update/i)
      .waitFor();
    assert.match(await view.locator('.problem .next').innerText(), /nothing was sent to the database/);
  });
});
