/** The buttons over the lines of a .sql file, and its text, as a user reads and changes them. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { codeLens, editor } from '../host/workbenchPage.ts';
import { until } from './until.ts';

/** The buttons of a line stand this close above it, in CSS pixels; those of the line before are farther. */
const closeBy = 25;

/** The line in sight that reads so. */
export function line(page: Page, text: string): Locator {
  return editor(page).locator('.view-line').filter({ hasText: text }).first();
}

/** Presses the button of this title that stands right above a line. */
export async function pressLens(page: Page, title: string, above: string): Promise<void> {
  await line(page, above).waitFor();
  await focusText(page); // VS Code drops its request for buttons when the text loses the focus, and makes it anew when it has it again
  let before: Place | undefined;
  // Buttons come a moment after the text, are drawn anew, and move the lines when they come: only one that stays is pressed.
  const { x, y } = await until(`"${title}" above "${above}"`, async () => {
    const found = await lensAbove(page, title, above);
    const stays = found !== undefined && found.x === before?.x && found.y === before.y;
    before = found;
    return stays ? found : undefined;
  });
  await page.mouse.click(x, y);
}

/** Presses a button until what it brings is there: a lens that VS Code draws anew under the mouse takes no click. */
export async function pressLensFor(
  page: Page,
  title: string,
  above: string,
  brought: Locator,
): Promise<void> {
  for (let press = 1; press < 3; press++) {
    await pressLens(page, title, above);
    const came = await brought.waitFor({ timeout: 12_000 }).then(
      () => true,
      () => false,
    );
    if (came) return;
  }
  await pressLens(page, title, above);
  await brought.waitFor();
}

/** In CSS pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

async function lensAbove(page: Page, title: string, above: string): Promise<Place | undefined> {
  const top = (await line(page, above).boundingBox())?.y ?? Number.NaN;
  const lenses = await codeLens(page, title).filter({ visible: true }).all();
  const boxes = await Promise.all(
    lenses.map((lens) => lens.boundingBox({ timeout: 1000 }).catch(() => null)),
  );
  const box = boxes.find((each) => each !== null && each.y < top && top - each.y < closeBy);
  return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : undefined;
}

/** Saves the file in front, and reads it from the disk. */
export async function savedText(page: Page, path: string): Promise<string> {
  await page.keyboard.press('ControlOrMeta+S');
  await page.locator('.editor-group-container.active .tab.active:not(.dirty)').waitFor();
  return readFile(path, 'utf8');
}

async function focusText(page: Page): Promise<void> {
  await editor(page).locator('.native-edit-context, .inputarea').first().focus();
}

/** Puts the cursor at the end of the file in front. */
export async function goToEnd(page: Page): Promise<void> {
  await focusText(page);
  await page.keyboard.press('ControlOrMeta+End');
}

/** Writes a line at the end of the file in front; the view goes back to where lines begin, with the buttons above them. */
export async function writeLast(page: Page, text: string): Promise<void> {
  await goToEnd(page);
  await page.keyboard.type(`\n${text}`);
  await page.keyboard.press('Home');
}
