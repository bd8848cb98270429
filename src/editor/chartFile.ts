/** Writes the picture of a chart to a file that the user chooses. */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import type { ChartPicture } from '../shared/chartData.ts';

const names = { svg: 'SVG picture', png: 'PNG picture' } as const;

/**
 * @returns false when the user turned away
 * @throws KhipuError `invalid-input` for what is no such picture; `cancelled`
 */
export async function savePicture(picture: ChartPicture, signal: AbortSignal): Promise<boolean> {
  const bytes = bytesOf(picture);
  const { format, title } = picture;
  const words = (title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 8).join('-') || 'chart';
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save Chart',
    defaultUri: vscode.Uri.joinPath(folder ?? vscode.Uri.file(homedir()), `${words}.${format}`),
    filters: { [names[format]]: [format] },
  });
  if (target === undefined) return false;
  throwIfAborted(signal);
  await write(target, bytes);
  void offer(target);
  return true;
}

/** Only a picture of the kind that it says it is. */
export function bytesOf({ format, content }: Pick<ChartPicture, 'format' | 'content'>): Uint8Array {
  const bytes = Buffer.from(content, format === 'svg' ? 'utf8' : 'base64');
  const isPicture =
    format === 'svg' ? content.startsWith('<svg ') : bytes.subarray(1, 4).toString('latin1') === 'PNG';
  if (!isPicture) throw new KhipuError('invalid-input', 'That is no picture of a chart.');
  return bytes;
}

async function write(target: vscode.Uri, bytes: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KhipuError('invalid-input', `The chart could not be written: ${why}`, {}, { cause: error });
  }
}

async function offer(target: vscode.Uri): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(
    `Saved the chart to ${basename(target.path)}.`,
    'Open',
    'Reveal',
  );
  if (chosen === 'Open') await vscode.commands.executeCommand('vscode.open', target);
  if (chosen === 'Reveal') await vscode.commands.executeCommand('revealFileInOS', target);
}
