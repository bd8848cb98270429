/** Charts in a real Chromium under the real policy: what is proposed, every kind, the theme, hostile data, files. */
import assert from 'node:assert/strict';
import type { ResultRow } from '../../../src/shared/resultsProtocol.ts';
import { chartedResult, column, type ChartedResult } from './chartedRows.ts';
import { assertNoFaults, startWorkbench, type ResultsPage, type Workbench } from './resultsPage.ts';
import { themes, type ThemeName } from './themes.ts';

const regions = ['Cusco', 'Lima', 'Arequipa', 'Puno'];
const products = ['Alpaca scarf', 'Poncho', 'Chullo hat', 'Woven belt', 'Blanket', 'Wall hanging'];

function sales(): ResultRow[] {
  return Array.from({ length: 24 * 4 }, (_, row) => {
    const month = Math.floor(row / 4);
    const day = `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
    const revenue = 4200 + 900 * (row % 4) + 120 * month + 800 * Math.sin(month / 2 + (row % 4));
    const units = Math.round(revenue / (30 + ((row * 7) % 11)));
    return [day, regions[row % 4]!, products[row % 6]!, revenue.toFixed(2), String(units)];
  });
}
const salesColumns = {
  month: 'date',
  region: 'text',
  product: 'text',
  revenue: 'numeric(12,2)',
  units: 'integer',
};

describe('results view: charts', function () {
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

  async function show(
    columns: Parameters<typeof chartedResult>[1],
    rows: readonly ResultRow[],
    theme?: ThemeName,
  ): Promise<ChartedResult> {
    view = await workbench.open(theme);
    const result = await chartedResult('k1', columns, rows);
    view.host.setRowSource(result.source);
    view.host.show(result.state);
    await view.page.getByRole('tab', { name: 'Chart' }).click();
    return result;
  }
  const picture = () => view.page.locator('.chart-picture');
  const drawn = (): Promise<void> => picture().locator('svg').waitFor();
  const words = async (): Promise<string> => (await picture().getAttribute('aria-label')) ?? '';
  const well = (name: string) =>
    view.page.getByRole('group', { name: 'Chart' }).getByLabel(name, { exact: true });
  const texts = (): Promise<string[]> => picture().locator('svg text').allTextContents();
  /** Chooses in a well, and waits until the words of the picture say so. */
  async function choose(name: string, label: string, until: RegExp): Promise<void> {
    await well(name).selectOption({ label });
    await view.page.waitForFunction((source) => {
      const { document } = globalThis as unknown as {
        document: { querySelector(selector: string): { ariaLabel: string | null } | null };
      };
      return new RegExp(source).test(document.querySelector('.chart-picture:not([hidden])')?.ariaLabel ?? '');
    }, until.source);
    await drawn();
  }

  it('proposes a chart at once, and says what it shows', async () => {
    await show({ region: 'text', revenue: 'numeric' }, [
      ['Cusco', '12000.50'],
      ['Lima', '90071992547409931.25'],
      ['Puno', '7000'],
    ]);
    await drawn();
    assert.equal(
      await words(),
      'Bar chart: revenue by region. 3 values; least 7,000 (Puno), greatest 90,071,992,547,409,931.25 (Lima).',
    );
    assert.equal(await view.page.locator('[role="status"][aria-live]').textContent(), await words());
    assert.equal(await well('Kind').inputValue(), 'bar');
    assert.deepEqual((await texts()).slice(0, 3), ['Cusco', 'Lima', 'Puno']);
    await view.page.getByText('Data (3 values)').click();
    assert.deepEqual(await view.page.locator('.chart-data td').allTextContents(), [
      'Cusco',
      '12,000.5',
      'Lima',
      '90,071,992,547,409,931.25',
      'Puno',
      '7,000',
    ]);
  });

  it('loads what draws charts only when the first chart is looked at', async () => {
    view = await workbench.open();
    const loaded: string[] = [];
    view.page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    const result = await chartedResult('k1', salesColumns, sales());
    view.host.setRowSource(result.source);
    view.host.show(result.state);
    await view.page.getByRole('tab', { name: 'Chart' }).waitFor();
    assert.deepEqual(loaded, []);
    await view.page.getByRole('tab', { name: 'Chart' }).click();
    await drawn();
    assert.deepEqual(loaded, ['/charts.js']);
  });

  it('switches between rows and chart by keys, and keeps both', async () => {
    await show(salesColumns, sales());
    await drawn();
    const { keyboard } = view.page;
    const selected = (): Promise<string> => view.page.getByRole('tab', { selected: true }).innerText();
    await keyboard.press('ArrowLeft');
    assert.equal(await selected(), 'Rows');
    assert.equal(await view.page.getByRole('tabpanel', { name: 'Rows' }).isVisible(), true);
    assert.equal(await view.page.getByRole('tabpanel', { name: 'Chart' }).count(), 0);
    await keyboard.press('End');
    assert.equal(await selected(), 'Chart');
    await keyboard.press('Home');
    await view.page.locator('.slick-row').first().waitFor();
    await keyboard.press('ArrowRight');
    assert.equal(await view.page.locator(':focus').innerText(), 'Chart');
    await drawn();
  });

  it('draws every kind that can be chosen', async () => {
    await show(salesColumns, sales());
    await drawn();
    await choose('Kind', 'Bars', /^Bar chart/);
    await choose('X', 'region', /by region/);
    await choose('Colour', '–', /by region\. /);
    await choose('Values', 'Sum', /^Bar chart: revenue by region\. 4 values/);
    await view.screenshot('chart-bar');
    await choose('Colour', 'product', /and product/);
    await view.screenshot('chart-bar-stacked');
    await choose('Kind', 'Heat map', /^Heat map: revenue by region and product\. 12 values/);
    await choose('X', 'month', /^Heat map: revenue by month and product/);
    await choose('Y', 'region', /^Heat map: revenue by month and region\. 96 values/);
    await view.screenshot('chart-heatmap');
    await choose('Kind', 'Pie', /^Pie chart: revenue by month/);
    await choose('Slices', 'product', /^Pie chart: revenue by product\. 6 values/);
    await view.screenshot('chart-pie');
    await choose('Kind', 'Line', /^Line chart: revenue by product and region/);
    await choose('X', 'month', /by month and region\. 96 values in 4 groups/);
    await view.screenshot('chart-line');
    await choose('Kind', 'Area', /^Area chart/);
    await view.screenshot('chart-area');
    await choose('Kind', 'Scatter', /^Scatter plot: revenue against units\. 96 values in 4 groups/);
    await view.screenshot('chart-scatter');
    await choose('Kind', 'Histogram', /^Histogram: Distribution of revenue/);
    await view.screenshot('chart-histogram');
    await choose('Kind', 'Box plot', /^Box plot/);
    await choose('X', 'region', /^Box plot: revenue by region\. 4 boxes/);
    await view.screenshot('chart-box');
    await choose('Kind', 'Number', /^Number: revenue\. [\d,.]+$/);
    await view.screenshot('chart-number');
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`looks right in ${theme}`, async () => {
      await show(salesColumns, sales(), theme);
      await drawn();
      await view.screenshot('chart');
    });
  }

  it('takes the colours of the theme, also when it changes', async () => {
    await show({ region: 'text', revenue: 'numeric' }, [
      ['Cusco', '1'],
      ['Lima', '2'],
    ]);
    await drawn();
    const fill = (): Promise<string | null> =>
      picture().locator('svg .mark-rect path').first().getAttribute('fill');
    assert.equal(await fill(), themes.light.tokens['charts-blue']);
    await view.page.evaluate(({ tokens, bodyClass }) => {
      const { document } = globalThis as unknown as {
        document: {
          documentElement: { style: { setProperty(name: string, value: string): void } };
          body: { className: string };
        };
      };
      for (const [name, value] of Object.entries(tokens))
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      document.body.className = bodyClass;
    }, themes.dark);
    await picture()
      .locator(`svg .mark-rect path[fill="${themes.dark.tokens['charts-blue']}"]`)
      .first()
      .waitFor();
  });

  it('keeps hostile names and cells inert', async () => {
    const hostile = [
      '<img src=x onerror="alert(1)">',
      '<script>alert(2)</script>',
      '"><svg onload=alert(3)>',
      'javascript:alert(4)',
      '\u202Egnp.exe',
      "datum['x']; alert(5)",
      '{{constructor.constructor("alert(6)")()}}',
      'x'.repeat(10_000_000),
      '',
      null,
    ];
    const names = ['a.b[0]["c"] \' <b>', '__proto__'];
    await show(
      [column(names[0]!, 'text'), column(names[1]!, 'numeric')],
      hostile.map((cell, row) => [cell, String(row + 1)]),
    );
    await drawn();
    const shown = await picture().locator('svg').innerHTML();
    assert.ok(!/<(?:img|script|a|image|foreignObject)\b/i.test(shown), shown.slice(0, 300));
    assert.ok(!shown.includes('\u202E'));
    assert.match(
      await words(),
      /^Bar chart: __proto__ by a\.b\[0\]\["c"\] ' <b>\. 10 values; least 1 \(<img src=x/,
    );
    const labels = (await texts()).join('|');
    for (const text of ['NULL', '(empty)', 'U+202Egnp.exe']) assert.ok(labels.includes(text), labels);
    await choose('Kind', 'Pie', /^Pie/);
    await picture().locator('svg path').nth(3).hover();
    const tip = view.page.locator('.chart-tip');
    await tip.waitFor();
    assert.match(await tip.innerText(), /__proto__: \d+\n\d+%/);
  });

  it('leaves out what has no place, and says so', async () => {
    await show({ at: 'timestamp with time zone', value: 'double precision' }, [
      ['0044-03-15 12:00:00+00 BC', '1'],
      ['2024-01-01 00:00:00+02', '9007199254740993'],
      ['infinity', '2'],
      ['2024-02-01 00:00:00+02', 'NaN'],
      ['2024-03-01 00:00:00+02', 'Infinity'],
      [null, '5'],
      ['2025-01-01 00:00:00.123456+02', '-3.5e2'],
    ]);
    await drawn();
    await choose('Kind', 'Line', /^Line chart: value by at\. 3 values/);
    await view.page.getByText('4 values are left out').waitFor();
  });

  it('says what to choose, and what there is not', async () => {
    await show({ name: 'text', note: 'text' }, [
      ['a', 'x'],
      ['b', 'y'],
    ]);
    await drawn();
    assert.match(await words(), /^Bar chart: Rows by name\. 2 values/);
    await well('Values').selectOption({ label: 'Sum' });
    await view.page.getByText('Choose a column of numbers, or count the rows.').waitFor();
    await well('Y').selectOption({ label: 'note' });
    await view.page.getByText('“note” holds no numbers.').waitFor();
    await choose('Values', 'Count of rows', /^Bar chart: Rows by name/);
  });

  it('says that there is nothing to draw', async () => {
    await show({ region: 'text', revenue: 'numeric' }, []);
    await view.page.getByText('There are no rows to draw.').waitFor();
  });

  it('can be cancelled, and tried again', async () => {
    view = await workbench.open();
    const result = await chartedResult('k1', salesColumns, sales());
    const { charts } = result.source;
    const draw = charts.draw.bind(charts);
    const waiting = Promise.withResolvers<AbortSignal>();
    result.source.charts.draw = (_chart, signal) => {
      waiting.resolve(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    };
    view.host.setRowSource(result.source);
    view.host.show(result.state);
    await view.page.getByRole('tab', { name: 'Chart' }).click();
    const signal = await waiting.promise;
    const heard = new Promise((resolve) => signal.addEventListener('abort', resolve));
    await view.page.locator('.chart-panel').getByRole('button', { name: 'Cancel' }).click();
    await heard;
    await view.page.getByText('Cancelled.').first().waitFor();
    result.source.charts.draw = draw;
    await view.page.getByRole('button', { name: 'Try Again' }).click();
    await drawn();
  });

  it('keeps the tab and the wells of a result that is shown again', async () => {
    const result = await show(salesColumns, sales());
    await drawn();
    await choose('Kind', 'Histogram', /^Histogram/);
    view.host.show({ status: 'working', step: 'Running the statement' });
    await view.page.locator('.working-view').waitFor();
    view.host.setRowSource(result.source);
    view.host.show(result.state);
    await drawn();
    assert.match(await words(), /^Histogram/);
  });

  it('writes SVG and PNG with title and ground', async () => {
    const { saved } = await show(salesColumns, sales(), 'dark');
    await drawn();
    await view.page.getByRole('button', { name: 'Save as SVG' }).click();
    await view.page.getByText('The chart is saved.').waitFor({ state: 'attached' });
    await view.page.getByRole('button', { name: 'Save as PNG' }).click();
    while (saved.length < 2) await view.page.evaluate(() => undefined);
    const [svg, png] = saved;
    assert.match(svg?.content ?? '', /^<svg [^]*fill="#1f1f1f"[^]*revenue by month/);
    const bytes = Buffer.from(png?.content ?? '', 'base64');
    assert.equal(bytes.subarray(1, 4).toString('latin1'), 'PNG');
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1920, 1080]);
  });
});
