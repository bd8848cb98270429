/** `node scripts/screenshots.ts`: takes the README's pictures from the real workbench, into docs/images. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { freshDemoWorkspace } from '../test/host/demoWorkspace.ts';
import { repository } from '../test/host/folders.ts';
import type { Theme } from '../test/host/settings.ts';
import { openWorkbench, type Workbench } from '../test/host/workbench.ts';
import { openFile, openViewContainer } from '../test/host/workbenchPage.ts';
import { answer, ask, sampleTree } from '../test/workbench/gestures.ts';
import { keepSampleDump, seededDataDir } from '../test/workbench/session.ts';
import { line, pressLens } from '../test/workbench/sqlEditor.ts';

const images = join(repository, 'docs/images');
const question = 'Who are the top ten customers by revenue?';
const comment = '-- top ten customers by revenue';

async function take(page: Page, name: string): Promise<void> {
  await page.locator('.notifications-toasts .notification-toast').first().waitFor({ state: 'hidden' });
  await page.mouse.move(1100, 720); // away from everything that would show a tooltip or light up
  await page.locator('.workbench-hover:visible').waitFor({ state: 'hidden' });
  const path = join(images, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  console.log(path);
}

async function open(theme: Theme): Promise<Workbench> {
  const options = {
    extensionPath: repository,
    workspace: await freshDemoWorkspace('shop'),
    serverDataDir: await seededDataDir(),
    theme,
    settings: { 'khipu.model.provider': 'none', 'editor.minimap.enabled': false },
  };
  const workbench = await openWorkbench(options, AbortSignal.timeout(180_000));
  await sampleTree(workbench.page);
  return workbench;
}

async function takeResults(page: Page, theme: Theme): Promise<void> {
  await openViewContainer(page, 'Khipu');
  await ask(page, question);
  await (await answer(page, question)).locator('.sql-section summary').click(); // a long statement starts folded
  await take(page, `results-${theme}`);
}

async function takeInline(page: Page, theme: Theme): Promise<void> {
  await page.keyboard.press('ControlOrMeta+B'); // the sidebar gives its room
  await page.getByRole('tab', { name: question.slice(0, 20) }).click({ button: 'middle' }); // closes it
  await openFile(page, 'questions.sql');
  await pressLens(page, 'Generate SQL', comment);
  await line(page, 'LIMIT 10').waitFor();
  await pressLens(page, 'Ask', comment);
  await answer(page, comment.slice(3));
  await take(page, `inline-${theme}`);
}

await mkdir(images, { recursive: true });
for (const theme of ['light', 'dark'] as const) {
  const workbench = await open(theme);
  try {
    await takeResults(workbench.page, theme);
    if (theme === 'dark') await takeInline(workbench.page, theme);
  } finally {
    await workbench.dispose();
    await keepSampleDump(workbench.serverDataDir);
  }
}
