/** A plan in a real Chromium: figures, what stands out, the ARIA tree and its keys. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '../../../src/database/plan.ts';
import type { ResultsState } from '../../../src/shared/resultsProtocol.ts';
import { generatedSource, generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';

type PlanState = Extract<ResultsState, { status: 'plan' }>;

function planState(
  name: 'planned' | 'analyzed' | 'before' | 'after',
  changes: Partial<PlanState> = {},
): PlanState {
  const file = join(import.meta.dirname, '../../fixtures/plans', `${name}.json`);
  return {
    status: 'plan',
    header: {
      sql: 'SELECT c.country, count(*) AS orders, sum(o.amount) AS revenue\nFROM shop.orders AS o\nJOIN shop.customers AS c ON c.id = o.customer_id\nWHERE o.a = 3 AND o.b = 3 AND o.c = 3\nGROUP BY c.country\nORDER BY revenue DESC',
      tables: ['shop.orders', 'shop.customers'],
      source: 'typed',
      assumptions: [],
      notices: [],
      connection: 'Shop',
    },
    plan: parsePlan(readFileSync(file, 'utf8')),
    ...changes,
  };
}

describe('results view: plan', function () {
  this.timeout(30_000);
  let workbench: Workbench;
  let view: ResultsPage;

  before(async () => {
    workbench = await startWorkbench();
  });
  after(() => workbench.close());
  afterEach(async () => {
    assertNoFaults(view);
    await view.close();
  });

  const show = async (state: PlanState): Promise<void> => {
    view = await workbench.open();
    view.host.show(state);
    await view.page.getByRole('tree').waitFor();
  };
  const focused = async (): Promise<string> => {
    const label = await view.page.locator(':focus').getAttribute('aria-label');
    return label?.split(',')[0] ?? '';
  };

  it('shows what each node expected, found and took, with the costly one and its hint in words', async () => {
    await show(planState('analyzed'));
    const items = view.page.getByRole('treeitem');
    assert.ok((await items.count()) >= 5);
    const scan = view.page.getByRole('treeitem', { name: /^Seq Scan on shop\.orders o/ });
    assert.match((await scan.getAttribute('aria-label')) ?? '', /rows expected, 15,000 found/);
    assert.match(await scan.innerText(), /more rows than expected/);
    assert.match(await scan.innerText(), /Filter: \(\(o\.a = 3\)/);
    assert.equal(await view.page.locator('.plan-row.costly').count(), 1);
    assert.match(await view.page.locator('.plan-row.costly').innerText(), /most time/);
    assert.match(
      await view.page.locator('.plan-totals').innerText(),
      /^Ran in .+ · planned in .+ · 2 rows · .+ blocks from memory, .+ from disk/,
    );
    const widths = await view.page
      .locator('.bar')
      .evaluateAll((bars) =>
        (bars as unknown as { style: { getPropertyValue(name: string): string } }[]).map((bar) =>
          Number.parseFloat(bar.style.getPropertyValue('--share')),
        ),
      );
    const sum = widths.reduce((total, width) => total + width, 0);
    assert.ok(Math.abs(sum - 100) < 1, `the shares make ${sum} %`);
    const said = await view.page.locator('[role="status"]').textContent();
    assert.match(said ?? '', /^Plan, as it ran\. Ran in /);
  });

  it('leads from what stands out to the node', async () => {
    await show(planState('analyzed'));
    const list = view.page.getByRole('list', { name: 'What stands out' });
    const first = list.getByRole('button', { name: 'Seq Scan on shop.orders o' }).first();
    await first.click();
    assert.equal(await focused(), 'Seq Scan on shop.orders o');
  });

  it('is a tree for screen readers and for the keyboard', async () => {
    await show(planState('analyzed'));
    const { page } = view;
    const items = page.getByRole('treeitem');
    assert.equal(await page.locator('.plan-tree [tabindex="0"]').count(), 1);
    const levels = await items.evaluateAll((nodes) =>
      (nodes as unknown as { ariaLevel: string }[]).map((node) => Number(node.ariaLevel)),
    );
    assert.deepEqual([levels[0], levels[1]], [1, 2]);
    await page.locator('.plan-tree [tabindex="0"]').focus();
    const [root, second] = [await focused(), await items.nth(1).getAttribute('aria-label')];
    assert.equal(root, 'Sort');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), second?.split(',')[0]);
    await page.keyboard.press('End');
    const last = await focused();
    assert.equal(last, 'Index Scan using customers_pkey on shop.customers c');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'Nested Loop');
    await page.keyboard.press('ArrowLeft'); // folds
    assert.equal(await page.locator(':focus').getAttribute('aria-expanded'), 'false');
    assert.equal(await items.getByText('on shop.customers c').isVisible(), false);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'Seq Scan on shop.orders o');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.plan-row:visible').count(), 1);
    await page.keyboard.press(' ');
    await page.keyboard.press('s');
    await page.keyboard.press('s');
    assert.equal(await focused(), 'Seq Scan on shop.orders o');
    await page.keyboard.press('n');
    assert.equal(await focused(), 'Nested Loop');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator('.plan-tree :focus').count(), 0);
  });

  it('folds by the arrow under the mouse', async () => {
    await show(planState('planned'));
    const before = await view.page.locator('.plan-row:visible').count();
    await view.page.locator('.twistie').first().click();
    assert.equal(await view.page.locator('.plan-row:visible').count(), 1);
    await view.page.locator('.twistie').first().click();
    assert.equal(await view.page.locator('.plan-row:visible').count(), before);
  });

  it('says of a plan that was not run what it would cost, and offers to run it', async () => {
    await show(planState('planned'));
    assert.match(await view.page.locator('.plan-totals').innerText(), /^Planned, not run · total cost /);
    assert.match(await view.page.locator('.plan-row.costly').innerText(), /highest cost/);
    const action = view.nextAction();
    await view.page.getByRole('button', { name: 'Explain Analyze' }).click();
    assert.deepEqual(await action, { id: 'explain-analyze', value: 'shown' });
    const json = view.nextAction();
    await view.page.getByRole('button', { name: 'Open as JSON' }).click();
    assert.deepEqual(await json, { id: 'open-plan', value: undefined });
    assert.equal(await view.page.getByRole('button', { name: 'Show Rows' }).count(), 0);
  });

  it('stands before the rows that it is the plan of, which stay open', async () => {
    view = await workbench.open();
    const source = generatedSource('p1', 2000, 3);
    view.host.setRowSource(source);
    view.host.show(generatedState('p1', 2000, 3, { total: { rows: 500, complete: false } }));
    const action = view.nextAction();
    await view.page.getByRole('button', { name: 'Explain' }).click();
    assert.deepEqual(await action, { id: 'explain', value: 'shown' });
    view.host.show(planState('planned', { covers: 'p1' }));
    await view.page.getByRole('tree').waitFor();
    assert.equal(source.closed, false);
    view.host.updateTotal('p1', { rows: 2000, complete: true });
    await view.page.getByRole('button', { name: 'Show Rows' }).click();
    await view.page.locator('.row-count').getByText('2,000 rows').waitFor();
    view.host.show(planState('planned'));
    assert.equal(source.closed, true);
  });

  it('starts with many partitions folded, and keeps names inert', async () => {
    const state = planState('planned');
    const { root } = state.plan;
    const hostile = '<img src=x onerror="alert(1)">';
    const children = Array.from({ length: 500 }, (_, index) => ({
      ...root,
      kind: 'Seq Scan',
      relation: `public.${hostile}_${index}`,
      details: [`Filter: ${hostile}`],
      children: [],
      marks: { costly: false, mostBlocks: false, hints: [] },
    }));
    await show({ ...state, plan: { ...state.plan, root: { ...root, kind: 'Append', children } } });
    assert.equal(await view.page.locator('.plan-row:visible').count(), 1);
    await view.page.locator('.plan-tree [tabindex="0"]').focus();
    await view.page.keyboard.press('*');
    assert.equal(await view.page.locator('.plan-row:visible').count(), 501);
    assert.equal(await view.page.locator('#khipu img').count(), 0);
  });

  it('shows the same node in tree, graph and flame, by keys, with its details beside it', async () => {
    await show(planState('before'));
    const { page } = view;
    await page.getByRole('tab', { name: 'Tree' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('tab', { name: 'Graph' }).getAttribute('aria-selected'), 'true');
    const graph = page.getByRole('tree', { name: 'Plan as a graph' });
    assert.equal(await graph.getByRole('treeitem').count(), 12);
    await graph.locator('[tabindex="0"]').focus();
    assert.equal(await focused(), 'Sort');
    await page.keyboard.press('ArrowDown');
    assert.match(await focused(), /^Seq Scan on shop\.orders/);
    await page.keyboard.press('ArrowRight');
    assert.match(await focused(), /^Aggregate/);
    const details = page.getByRole('complementary', { name: 'Selected node' });
    assert.match(await details.innerText(), /Aggregate\s+InitPlan 2/);
    assert.match(await details.innerText(), /Blocks from memory/);
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 'Sort');
    await page.getByRole('tab', { name: 'Flame' }).click();
    const flame = page.getByRole('tree', { name: 'Plan as a flame, wide by time' });
    const boxes = await flame
      .getByRole('treeitem')
      .evaluateAll((bars) =>
        (bars as unknown as { getBoundingClientRect(): { left: number; right: number; top: number } }[]).map(
          (bar) => bar.getBoundingClientRect(),
        ),
      );
    const [root] = boxes;
    assert.ok(boxes.every(({ left, right }) => left >= root!.left - 1 && right <= root!.right + 4));
    await flame.locator('[tabindex="0"]').focus();
    await page.keyboard.press('End');
    assert.match(await details.innerText(), /^CTE Scan/);
  });

  it('zooms and fits the graph, and leads to a node from what stands out', async () => {
    await show(planState('before'));
    const { page } = view;
    await page.getByRole('tab', { name: 'Graph' }).click();
    const figure = page.locator('.plan-zoom-figure');
    const scale = async (): Promise<number> => Number.parseInt(await figure.innerText(), 10);
    const fitted = await scale();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    assert.ok((await scale()) > fitted);
    await page.locator('.plan-card.current').focus();
    await page.keyboard.press('0');
    assert.equal(await scale(), fitted);
    await page.getByRole('list', { name: 'What stands out' }).getByRole('button').first().click();
    assert.equal(await page.locator('.plan-card.current.costly').count(), 1);
    assert.ok(await page.locator('.plan-card.current:focus').isVisible());
    await page.setViewportSize({ width: 460, height: 700 });
    await page.locator('.plan-card.current').focus();
    await page.keyboard.press('End');
    const card = await page.locator('.plan-card.current:focus').boundingBox();
    const buttons = await page.locator('.plan-zooms').boundingBox();
    assert.ok(card!.y + card!.height <= buttons!.y, 'the buttons stand below the card');
  });

  it('draws 500 nodes at once, and shows hostile names as text in every view', async () => {
    const state = planState('analyzed');
    const { root } = state.plan;
    const hostile = '<img src=x onerror=alert(1)>';
    const children = Array.from({ length: 500 }, (_, at) => ({
      ...root,
      kind: 'Seq Scan',
      relation: `public.part_${at}${hostile}`,
      part: at === 3 ? hostile : undefined,
      details: [`Filter: ${hostile}`],
      children: [],
      marks: { costly: at === 7, mostBlocks: false, hints: [hostile] },
    }));
    await show({ ...state, plan: { ...state.plan, root: { ...root, kind: 'Append', children } } });
    for (const name of ['Graph', 'Flame']) {
      const ms = await view.page.evaluate((label) => {
        const page = globalThis as unknown as {
          document: { querySelector(selector: string): { click(): void; clientHeight: number } };
        };
        const begun = performance.now();
        page.document.querySelector(`#plan-tab-${label}`).click();
        const height = page.document.querySelector('.plan-scene').clientHeight; // lays it out
        return height > 0 ? performance.now() - begun : Number.NaN;
      }, name);
      // On two cores with nothing else to do, the graph took 289 to 393 ms and the flame 90 to 127.
      assert.ok(ms < 1200, `${name}: ${ms} ms`);
      const scene = view.page.locator('.plan-scene');
      assert.equal(await scene.getByRole('treeitem').count(), 501);
      assert.equal(await view.page.locator('#khipu img').count(), 0);
    }
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      view = await workbench.open(theme);
      view.host.show(planState('analyzed'));
      await view.page.getByRole('tree').waitFor();
      await view.page.locator('.plan-tree [tabindex="0"]').focus();
      await view.page.keyboard.press('ArrowDown');
      await view.screenshot('plan');
      view.host.show(planState('planned'));
      await view.page.locator('.plan-totals').getByText('Planned, not run').waitFor();
      await view.screenshot('plan-planned');
      await view.page.setViewportSize({ width: 460, height: 720 });
      view.host.show(planState('analyzed'));
      await view.page.locator('.plan-totals').getByText('Ran in').waitFor();
      await view.screenshot('plan-narrow');
      await view.page.setViewportSize({ width: 1280, height: 860 });
      view.host.show(planState('before'));
      await view.page
        .getByRole('treeitem', { name: /CTE recent|shop.items/ })
        .first()
        .waitFor();
      await view.page.getByRole('tab', { name: 'Graph' }).click();
      await view.page.getByRole('treeitem', { name: /shop.items/ }).click();
      await view.screenshot('plan-graph');
      await view.page.getByRole('tab', { name: 'Flame' }).click();
      await view.screenshot('plan-flame');
    });
  }
});
