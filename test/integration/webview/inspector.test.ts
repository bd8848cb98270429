/** The cell inspector in a real Chromium: what it shows of each kind of value, and that nothing in a value acts. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { generatedSource, generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

/** A red and a blue point. */
const png =
  '\\x89504e470d0a1a0a0000000d4948445200000002000000010802000000' +
  '7b40e8dd0000000f49444154789c63f8cfc0c0f09f010007030200ff5e7f0d0000000049454e44ae426082';
const json = `{"name": "Ana <b>", "tags": [1, 9007199254740993], "deep": {"ok": true, "none": null}, "list": [${Array.from({ length: 450 }, (_, index) => index).join()}]}`;
const hostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>\u202e=HYPERLINK("http://x")\nsecond line`;

const cells: Record<string, { type: string; text: string | null; cut?: boolean }> = {
  doc: { type: 'jsonb', text: json },
  list: { type: 'text[]', text: '{a,NULL,"<i>b</i>"}' },
  picture: { type: 'bytea', text: png },
  note: { type: 'text', text: hostile },
  nothing: { type: 'text', text: null },
  empty: { type: 'text', text: '' },
  long: { type: 'text', text: `${'word <u> '.repeat(100)}\n`.repeat(5500) },
  cut: { type: 'jsonb', text: `{"a": "${'x'.repeat(2000)}`, cut: true },
};

describe('results view: inspector', function () {
  this.timeout(30_000);
  let workbench: Workbench;
  let view: ResultsPage;
  let copied: string[];

  before(async () => {
    workbench = await startWorkbench();
  });
  after(() => workbench.close());
  afterEach(async () => {
    assertNoFaults(view);
    await view.close();
  });

  const names = Object.keys(cells);
  async function show(theme?: ThemeName): Promise<void> {
    view = await workbench.open(theme);
    const source = generatedSource('i1', 1, names.length);
    copied = source.copiedTexts;
    source.cells.inspect = ({ column }) => {
      const { text, cut = false } = Object.values(cells)[column]!;
      return Promise.resolve({ text, cut });
    };
    view.host.setRowSource(source);
    view.host.show(
      generatedState('i1', 1, 1, {
        columns: Object.entries(cells).map(([name, { type }]) => ({ name, type, align: 'left' as const })),
        firstRows: [Object.values(cells).map(({ text }) => (text === null ? null : text.slice(0, 100_000)))],
      }),
    );
    await cell('doc').waitFor();
  }
  const cell = (name: string): Locator =>
    view.page.locator(`.slick-row[aria-rowindex="2"] > [aria-colindex="${names.indexOf(name) + 2}"]`);
  const panel = (): Locator => view.page.getByRole('complementary', { name: 'Cell' });
  const inspect = async (name: string): Promise<void> => {
    await cell('doc').click();
    for (let step = 0; step < names.indexOf(name); step++) await view.page.keyboard.press('ArrowRight');
    if (!(await panel().isVisible())) await view.page.keyboard.press('Control+i');
    await panel()
      .getByRole('heading', { name: `${name}, row 1` })
      .waitFor();
    await panel().locator('.inspector-words').getByText(' · ').waitFor();
  };
  const words = (): Promise<string | null> => panel().locator('.inspector-words').textContent();

  it('opens by key, follows the active cell, and gives the focus back by Escape', async () => {
    await show();
    await inspect('note');
    assert.equal(await words(), `text · ${hostile.length} characters, 2 lines`);
    await view.page.keyboard.press('ArrowRight');
    await panel().getByText('NULL', { exact: true }).waitFor();
    await view.page.keyboard.press('ArrowRight');
    await panel().getByText('Empty text', { exact: true }).waitFor();
    await panel().getByRole('button', { name: 'Close' }).focus();
    await view.page.keyboard.press('Escape');
    await panel().waitFor({ state: 'hidden' });
    assert.equal(await view.page.locator('.grid :focus').count(), 1);
    await view.page.keyboard.press('Control+i');
    await panel().waitFor();
    await view.page.keyboard.press('Control+i');
    await panel().waitFor({ state: 'hidden' });
  });

  it('shows JSON as a tree by keys alone, long lists in parts, and copies values and paths', async () => {
    await show();
    await inspect('doc');
    const { keyboard } = view.page;
    const tree = panel().getByRole('tree', { name: 'doc' });
    assert.equal(await tree.getByRole('treeitem').count(), 4);
    await tree.getByRole('treeitem').first().focus();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowDown');
    await keyboard.press('Control+c');
    await panel().getByRole('button', { name: 'Copy Path' }).click();
    while (copied.length < 2) await view.page.evaluate(() => undefined);
    assert.deepEqual(copied, ['9007199254740993', '$.tags[1]']);
    await tree.getByRole('treeitem', { name: /^list/ }).click();
    await tree.getByRole('treeitem', { name: 'Show 200 more' }).click();
    assert.equal(await tree.getByRole('treeitem', { name: 'Show 200 more' }).count(), 1);
    assert.equal(await view.page.locator(':focus .tree-key').textContent(), '200');
    await keyboard.press('End');
    await keyboard.press('Enter');
    assert.equal(await view.page.locator(':focus .tree-key').textContent(), '400');
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowLeft');
    assert.equal(await tree.getByRole('treeitem', { name: /^list/ }).getAttribute('aria-expanded'), 'false');
  });

  it('shows arrays as a list, and bytes as the picture that they are', async () => {
    await show();
    await inspect('list');
    assert.deepEqual(await panel().locator('.tree-line').allTextContents(), ['1 a', '2 NULL', '3 <i>b</i>']);
    await inspect('picture');
    await panel().getByText('89 50 4e 47').waitFor();
    await panel().getByRole('img', { name: 'picture, a picture' }).waitFor();
    assert.match((await words()) ?? '', /PNG, 2 × 1$/);
  });

  it('shows whatever is in a text as text', async () => {
    await show();
    await inspect('note');
    const shown = await panel().locator('.long-text').textContent();
    assert.equal(shown, hostile.replace('\u202e', 'U+202E'));
    assert.equal(await panel().locator('img, script, a').count(), 0);
  });

  it('brings five megabytes in parts, and says when there is more in the editor', async () => {
    await show();
    await inspect('long');
    const parts = panel().locator('.long-text > div');
    const first = await parts.count();
    assert.ok(first < 20, String(first));
    await panel()
      .locator('.inspector-body')
      .evaluate((body) => {
        const box = body as unknown as { scrollTop: number; scrollHeight: number };
        box.scrollTop = box.scrollHeight;
      });
    await parts.nth(first).waitFor();
    await inspect('cut');
    assert.match((await words()) ?? '', /the first 5 MB; open it in an editor to see it whole$/);
    assert.equal(await panel().getByRole('tree').count(), 0);
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await show(theme);
      await inspect('doc');
      await panel().getByRole('treeitem', { name: /^tags/ }).click();
      await view.screenshot('inspector');
      await view.page.setViewportSize({ width: 550, height: 720 });
      await view.screenshot('inspector-narrow');
    });
  }
});
