/** What a user of Khipu does and sees, in the words of the tests. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import {
  answerInput,
  openViewContainer,
  pick,
  quickInput,
  quickInputField,
  runCommand,
  treeRow,
  webviewFrame,
} from '../host/workbenchPage.ts';

/** Shows the sidebar's tree, and waits until the sample stands open in it. */
export async function sampleTree(page: Page): Promise<void> {
  await openViewContainer(page, 'Khipu');
  await treeRow(page, 'lifetime_value').waitFor({ timeout: 60_000 });
}

/** Asks by the palette. */
export async function ask(page: Page, question: string): Promise<void> {
  await runCommand(page, 'Khipu: Ask Database');
  await quickInput(page).getByText('Ask Database').waitFor();
  await answerInput(page, question);
}

/** The results view once it shows rows, under this question when one was asked. */
export async function answer(page: Page, question?: string): Promise<FrameLocator> {
  const view = webviewFrame(page);
  if (question !== undefined)
    await view.getByRole('heading', { level: 1, name: question, exact: true }).waitFor();
  await view.locator('.rows-view').waitFor();
  return view;
}

/** The results view once it shows a failure, under this question when one was asked. */
export async function problem(page: Page, question?: string): Promise<FrameLocator> {
  const view = webviewFrame(page);
  if (question !== undefined)
    await view.getByRole('heading', { level: 1, name: question, exact: true }).waitFor();
  await view.locator('.problem .what').waitFor();
  return view;
}

/** The rows in sight: what stands in their cells, without the row numbers. */
export async function shownRows(view: FrameLocator): Promise<string[][]> {
  await view.locator('.grid-canvas-right .slick-row').first().waitFor();
  const rows = view.locator('.grid-canvas-right .slick-row');
  const texts: string[][] = [];
  for (const row of await rows.all()) texts.push(await row.locator('.slick-cell').allTextContents());
  return texts;
}

/** A dialog that blocks the window. */
export function dialog(page: Page): Locator {
  return page.locator('.monaco-dialog-box');
}

/** Opens or closes a row of the tree by its arrow. */
export async function toggle(row: Locator): Promise<void> {
  await row.locator('.monaco-tl-twistie').click();
}

/** What a row says after its label. */
export function description(row: Locator): Promise<string> {
  return row.locator('.label-description').innerText();
}

/** A row of the tree once it says this after its label. */
export function describedRow(page: Page, label: string, said: string): Locator {
  return treeRow(page, label).filter({
    has: page.locator('.label-description').getByText(said, { exact: true }),
  });
}

/** Presses one of the buttons that a row of the tree shows under the mouse. */
export async function pressInline(row: Locator, name: string): Promise<void> {
  await row.hover();
  await row.getByRole('button', { name, exact: true }).click();
}

/** Chooses from the context menu of a row: by Enter, because a menu that has just come does not take a click yet. */
export async function chooseFromMenu(page: Page, row: Locator, name: string): Promise<void> {
  await row.click({ button: 'right' });
  const item = page.getByRole('menuitem', { name, exact: true });
  await item.hover();
  await page.locator('.action-item.focused').filter({ has: item }).waitFor();
  await page.keyboard.press('Enter');
  await item.waitFor({ state: 'hidden' });
}

/** Puts the mouse on a part of the window, and gives back what comes up beside it. */
export async function tooltip(page: Page, on: Locator): Promise<string> {
  await page.mouse.move(900, 500);
  await on.hover();
  const hover = page.locator('.workbench-hover:visible').first();
  await hover.waitFor();
  return hover.innerText();
}

/** Adds a connection by its URL and gives it a name, as the palette leads through it. */
export async function addConnection(page: Page, url: string, name: string): Promise<void> {
  await runCommand(page, 'Khipu: Add Connection');
  await pick(page, 'Paste a URL');
  await answerField(page, 'Connection URL', url);
  await answerField(page, 'Name of the Connection', name);
  await describedRow(page, name, 'connected').waitFor();
}

/** Fills in the input box of this title once it is open, and confirms. */
export async function answerField(page: Page, title: string, text: string): Promise<void> {
  await quickInput(page).locator('.quick-input-title').getByText(title, { exact: true }).waitFor();
  await quickInputField(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Picks a row of the hub in which a connection is edited: by typing, for the list is longer than what is in sight. */
export async function pickInHub(page: Page, label: string): Promise<void> {
  await quickInput(page).getByPlaceholder('Choose what to change, then Test and Save.').fill(label);
  await pick(page, label);
}

/** Has the server and model set by the palette. */
export async function chooseOpenAi(page: Page, baseUrl: string, model: string): Promise<void> {
  await runCommand(page, 'Khipu: Choose Model');
  await pick(page, 'OpenAI, Azure or Another Server…');
  await answerField(page, 'Base URL', baseUrl);
  await answerField(page, 'Model', model);
  await page.locator('.statusbar').getByText(`model openai:${model}`).waitFor();
}

export function clipboardText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const shown = globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } };
    return shown.navigator.clipboard.readText();
  });
}
