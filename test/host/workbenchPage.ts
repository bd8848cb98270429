/** What a user does in the workbench, for tests: each waits for what it needs to appear, never for time. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { artefacts } from './folders.ts';

/** The quick input: palette, input box or pick list. At most one is open at a time. */
export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget:visible');
}

/** The text field of the open quick input. */
export function quickInputField(page: Page): Locator {
  return quickInput(page).locator('.quick-input-box input');
}

/** A row of the open pick list. @param label its exact label, without description and detail */
export function quickPickRow(page: Page, label: string): Locator {
  const exactly = page.locator('.quick-input-list-label').getByText(label, { exact: true });
  return quickInput(page).locator('.monaco-list-row').filter({ has: exactly }).first();
}

/**
 * Runs a command by the palette, as a user does. Commands of an extension come a moment after the window: it asks again
 * until the palette knows it. @param title as the palette shows it, with the category: `Khipu: Ask Database`
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  const row = quickPickRow(page, title);
  const nothing = quickInput(page).getByText('No matching commands');
  const deadline = Date.now() + 30_000;
  for (;;) {
    await page.keyboard.press('F1');
    try {
      await quickInputField(page).fill(`>${title}`, { timeout: 3000 });
      await row.or(nothing).first().waitFor({ timeout: 10_000 });
      if (await row.isVisible()) {
        await row.click({ timeout: 3000 });
        return;
      }
    } catch (error) {
      // The palette closes when something that was under way takes the focus, as a webview does that has just answered.
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`The palette has no command "${title}".`);
    await page.keyboard.press('Escape');
    await quickInput(page).waitFor({ state: 'hidden' });
  }
}

/** Types into the input box that is open or opens next, and confirms. */
export async function answerInput(page: Page, text: string): Promise<void> {
  await quickInputField(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Picks a row of the list that is open or opens next. */
export async function pick(page: Page, label: string): Promise<void> {
  await quickPickRow(page, label).click();
}

/** A notification that holds this text; its buttons are `notification(page, …).getByRole('button', { name })`. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });
}

/** Opens a view container by its icon in the activity bar. @param title of the container */
export async function openViewContainer(page: Page, title: string): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name: title });
  await tab.waitFor();
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
}

/** A row of a tree view in the sidebar. @param label its exact label, without description */
export function treeRow(page: Page, label: string): Locator {
  const exactly = page.locator('.label-name').getByText(label, { exact: true });
  return page.locator('.sidebar .monaco-list-row').filter({ has: exactly });
}

/** Opens a file of the workspace by name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+P');
  await quickInputField(page).fill(name);
  await quickPickRow(page, name).click();
  await page.getByRole('tab', { name, selected: true }).waitFor();
}

/** The text editor in front. Its lines are `.view-line`, its CodeLenses `.codelens-decoration a`. */
export function editor(page: Page): Locator {
  return page.locator('.editor-group-container.active .monaco-editor[role="code"]').first();
}

/** A CodeLens by its title. */
export function codeLens(page: Page, title: string): Locator {
  return editor(page).locator('.codelens-decoration a').getByText(title, { exact: true });
}

/** The inside of the webview that is shown: VS Code puts it into an iframe in an iframe. */
export function webviewFrame(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
}

/** Writes what the window shows to `.cache/screenshots/NAME.png`. @returns the path of the picture */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(artefacts, 'screenshots', `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  return path;
}
