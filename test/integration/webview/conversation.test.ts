/** The states of a conversation in a real Chromium: a question back, follow-ups and their trail, and the question of cost. */
import assert from 'node:assert/strict';
import { parsePlan } from '../../../src/database/plan.ts';
import type { ResultsState } from '../../../src/shared/resultsProtocol.ts';
import { generatedSource, generatedState } from './generatedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import type { ThemeName } from './themes.ts';

const askedBack: ResultsState = {
  status: 'question-back',
  question: 'How much did we sell this season?',
  trail: ['Which seasons are there?'],
  askedBack: 'Which revenue is meant: what was ordered, or what was paid?',
  options: ['What was ordered', 'What was paid', '<b>Both</b>, side by side'],
  model: 'ollama:qwen3:8b',
};
const plan = parsePlan(
  JSON.stringify([
    {
      Plan: {
        'Node Type': 'Aggregate',
        'Startup Cost': 5e6,
        'Total Cost': 5e6,
        'Plan Rows': 1,
        'Plan Width': 8,
        Plans: [
          {
            'Node Type': 'Seq Scan',
            'Relation Name': 'orders',
            Schema: 'shop',
            'Startup Cost': 0,
            'Total Cost': 4.9e6,
            'Plan Rows': 9e7,
            'Plan Width': 8,
          },
        ],
      },
    },
  ]),
);
const rows = generatedState('r1', 10, 3);
const costly: ResultsState = {
  status: 'costly',
  header: { ...rows.header, source: 'model', model: 'ollama:qwen3:8b' },
  cost: { total: 5e6, rows: 1, scan: { table: 'shop.orders', kind: 'Seq Scan', rows: 9e7 } },
  costLimit: 1e6,
  plan,
};
const goesOn: ResultsState = {
  ...rows,
  header: {
    ...rows.header,
    question: 'only for 2024',
    trail: ['How many orders per country?', 'as percentages'],
    readings: ['Orders that were placed in 2024', 'Orders that were paid in 2024'],
  },
};

describe('results view: a conversation', function () {
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

  const said = (): Promise<string | null> => view.page.locator('[role="status"]').textContent();

  it('asks back with answers to press, by the keyboard alone, and says so to screen readers', async () => {
    view = await workbench.open();
    view.host.show(askedBack);
    const answers = view.page.getByRole('list', { name: 'Answers' }).getByRole('button');
    await answers.first().waitFor();
    assert.deepEqual(await answers.allTextContents(), askedBack.options);
    assert.equal(await said(), `The model asks back: ${askedBack.askedBack} 3 answers to choose from.`);
    await view.page.keyboard.press('Tab');
    const chosen = view.nextAction();
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await chosen, { id: 'follow-up', value: 'What was paid' });
    const cancel = view.nextAction();
    await view.page.getByRole('button', { name: 'Cancel' }).click();
    assert.deepEqual(await cancel, { id: 'cancel', value: undefined });
  });

  it('takes another answer, and none that is empty', async () => {
    view = await workbench.open();
    view.host.show({ ...askedBack, options: [] });
    const field = view.page.getByRole('textbox', { name: 'Your answer' });
    assert.equal(await view.page.getByRole('button', { name: 'Answer' }).isDisabled(), true);
    const sent = view.nextAction();
    await field.press('Enter'); // nothing is sent
    await field.fill('  What was shipped ');
    await field.press('Enter');
    assert.deepEqual(await sent, { id: 'follow-up', value: 'What was shipped' });
  });

  it('asks a follow-up below the rows, and shows what an answer goes on from', async () => {
    view = await workbench.open();
    view.host.show(goesOn);
    const trail = view.page.getByRole('navigation', { name: 'Conversation' });
    await trail.waitFor();
    assert.deepEqual(await trail.getByRole('listitem').allTextContents(), goesOn.header.trail);
    for (const [press, expected] of [
      [() => trail.getByRole('button', { name: 'as percentages' }).click(), { id: 'open-turn', value: '1' }],
      [
        () => trail.getByRole('button', { name: 'Start Anew' }).click(),
        { id: 'start-anew', value: undefined },
      ],
      [
        () => view.page.getByRole('button', { name: 'Orders that were paid in 2024' }).click(),
        { id: 'follow-up', value: 'Orders that were paid in 2024' },
      ],
      [
        async () => {
          const field = view.page.getByRole('textbox', { name: 'Ask a follow-up' });
          await field.fill('by month');
          await field.press('Enter');
        },
        { id: 'follow-up', value: 'by month' },
      ],
    ] as const) {
      const action = view.nextAction();
      await press();
      assert.deepEqual(await action, expected);
    }
  });

  it('keeps what is being written when more is known of the answer', async () => {
    view = await workbench.open();
    view.host.show(goesOn);
    const field = view.page.getByRole('textbox', { name: 'Ask a follow-up' });
    await field.fill('by mon');
    view.host.updateHeader('r1', { ...goesOn.header, verified: true });
    await view.page.locator('.chip.verified').waitFor();
    assert.equal(await field.inputValue(), 'by mon');
  });

  it('has no follow-up for a statement that answers no question', async () => {
    view = await workbench.open();
    const { question, ...header } = rows.header;
    assert.notEqual(question, undefined);
    view.host.show({ ...rows, header });
    await view.page.locator('.rows-view').waitFor();
    assert.equal(await view.page.getByRole('textbox').count(), 0);
  });

  it('tells what a statement would cost, shows its plan, and runs it only when that is pressed', async () => {
    view = await workbench.open();
    view.host.show(costly);
    await view.page.locator('.cost-question .what').waitFor();
    const words =
      'The server expects a cost of 5,000,000 and about 1 row. The largest scan reads shop.orders whole (about 90,000,000 rows).';
    assert.ok((await said())?.endsWith(words), (await said()) ?? '');
    await view.page.getByRole('button', { name: 'Show Plan' }).click();
    await view.page.getByRole('region', { name: 'Plan' }).getByText('Seq Scan').first().waitFor();
    for (const [name, expected] of [
      ['Run Anyway', { id: 'run-anyway', value: undefined }],
      ['Open SQL', { id: 'open-sql', value: rows.header.sql }],
      ['Cancel', { id: 'cancel', value: undefined }],
    ] as const) {
      const action = view.nextAction();
      await view.page.getByRole('button', { name }).click();
      assert.deepEqual(await action, expected);
    }
  });

  for (const theme of ['light', 'dark', 'high-contrast'] satisfies ThemeName[]) {
    it(`draws the states in the ${theme} theme`, async () => {
      view = await workbench.open(theme);
      view.host.show(askedBack);
      await view.page.locator('.question-back').waitFor();
      await view.screenshot('question-back');
      view.host.setRowSource(generatedSource('r1', 10, 3));
      view.host.show(goesOn);
      await view.page.locator('.slick-row').first().waitFor();
      await view.screenshot('follow-up');
      view.host.show(costly);
      await view.page.getByRole('button', { name: 'Show Plan' }).click();
      await view.screenshot('costly');
    });
  }
});
