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
  // Buttons come a moment after the text, and move the lines when they come.
  const lens = await until(`"${title}" above "${above}"`, async () => {
    const top = await topOf(line(page, above));
    const lenses = await codeLens(page, title).filter({ visible: true }).all();
    const tops = await Promise.all(lenses.map(topOf));
    return lenses.find((_, index) => {
      const distance = top - (tops[index] ?? Number.NaN);
      return distance > 0 && distance < closeBy;
    });
  });
  await lens.click();
}

async function topOf(place: Locator): Promise<number> {
  const box = await place.boundingBox();
  return box?.y ?? Number.NaN;
}

/** Saves the file in front, and reads it from the disk. */
export async function savedText(page: Page, path: string): Promise<string> {
  await page.keyboard.press('ControlOrMeta+S');
  await page.locator('.editor-group-container.active .tab.active:not(.dirty)').waitFor();
  return readFile(path, 'utf8');
}

/** Puts the cursor at the end of the file in front. */
export async function goToEnd(page: Page): Promise<void> {
  await editor(page).locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+End');
}
