/** Cells that are opened whole: each a file of this session, removed when its editor is closed, or the window. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { cellForm, writeCell } from '../database/cellFile.ts';
import type { CellPlace, ResultPages } from '../database/resultPages.ts';
import { KhipuError } from '../shared/errors.ts';
import { columnBesideResults } from './resultsPanel.ts';

const longestName = 60;

export class CellFiles implements vscode.Disposable {
  readonly #root: string;
  /** Of this process alone: windows share the storage. */
  readonly #folder: string;
  readonly #listener: vscode.Disposable;
  #ready: Promise<void> | undefined;

  /** @param storage absolute path of a directory of the extension's own */
  constructor(storage: string) {
    this.#root = join(storage, 'cells');
    this.#folder = join(this.#root, `${process.pid}-${randomUUID().slice(0, 8)}`);
    this.#listener = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
      for (const tab of closed) this.#forget(tab);
    });
  }

  /**
   * Opens a cell in an editor beside.
   * @param unchanged leaves JSON as the server wrote it
   * @returns false when the cell is NULL
   * @throws KhipuError as `writeCell` does
   */
  async open(
    pages: ResultPages,
    place: CellPlace,
    unchanged: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const column = pages.columns[place.column];
    if (column === undefined) throw new KhipuError('invalid-input', 'There is no such cell.');
    const [shown] = await pages.page(place.row, 1, signal);
    const beginning = shown?.[place.column] ?? null;
    if (beginning === null) return false;
    await (this.#ready ??= this.#prepare());
    const { extension, isJson } = cellForm(column, beginning);
    const folder = join(this.#folder, randomUUID().slice(0, 8));
    await mkdir(folder, { mode: 0o700 });
    const file = join(folder, `${nameOf(column.name)}, row ${place.row + 1}${extension}`);
    if (!(await writeCell(pages, place, file, isJson && !unchanged, signal))) return false;
    await chmod(file, 0o400); // what is written there would go nowhere
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file), {
      viewColumn: columnBesideResults(),
    });
    return true;
  }

  /** Makes the folder, and removes what windows that crashed have left. */
  async #prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#root)) {
      const pid = Number(/^(\d+)-/.exec(name)?.[1]);
      if (!isRunning(pid)) await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  #forget({ input }: vscode.Tab): void {
    if (!(input instanceof vscode.TabInputText) || !input.uri.fsPath.startsWith(this.#folder)) return;
    const { uri } = input;
    const open = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .some((tab) => {
        return tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
      });
    // A file that cannot be removed now goes with the folder.
    if (!open) rm(dirname(uri.fsPath), { recursive: true, force: true }).catch(() => undefined);
  }

  dispose(): void {
    this.#listener.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function nameOf(column: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  const name = column.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, '_').slice(0, longestName);
  return name.replace(/^[\s.]+/, '') || 'cell';
}

function isRunning(pid: number): boolean {
  try {
    return Number.isInteger(pid) && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
