/** Takes connections in from a file: what has a twin is asked for, programs need a yes, and nothing is written before the end. */
import * as vscode from 'vscode';
import { formatCommandLine } from '../database/commandWords.ts';
import type { ConnectionProfile } from '../database/profile.ts';
import { whereOf } from '../database/profileLook.ts';
import { KhipuError } from '../shared/errors.ts';
import {
  besideTwin,
  isSame,
  readConnectionFile,
  twinOf,
  withoutCommand,
  type TwinAnswer,
} from './connectionFile.ts';
import { mayDisconnect, type ConnectionCommandParts } from './connections.ts';

/** A larger file is not one of connections. In bytes. */
const largestFile = 1_000_000;

/**
 * Imports connections.
 * @param source the file; asked for when undefined
 * @returns how many were taken in; undefined when the user turned away, and then nothing was
 */
export async function importConnections(
  parts: ConnectionCommandParts,
  source: vscode.Uri | undefined,
): Promise<number | undefined> {
  const { list, connections } = parts;
  const file = source ?? (await askForFile());
  if (file === undefined) return undefined;
  const read = readConnectionFile(await readText(file));
  const existing = list.saved().map(({ profile }) => profile);
  const taken = await takeIn(read, existing);
  const agreed = taken === undefined ? undefined : await agreeToPrograms(taken);
  if (agreed === undefined) return undefined;
  for (const { id } of agreed) if (!(await mayDisconnect(parts, id))) return undefined;
  for (const profile of agreed) {
    await connections.disconnect(profile.id);
    await list.put(profile);
  }
  const rest = read.length - agreed.length;
  const left = rest === 0 ? '' : `, ${rest} left as they are`;
  void vscode.window.showInformationMessage(
    `${agreed.length === 1 ? 'One connection was' : `${agreed.length} connections were`} imported${left}. Passwords are asked for or entered by Edit Connection.`,
  );
  return agreed.length;
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.window.showOpenDialog({
    title: 'Import Connections',
    openLabel: 'Import',
    filters: { JSON: ['json'] },
  });
  return files?.[0];
}

async function readText(file: vscode.Uri): Promise<string> {
  let bytes;
  try {
    bytes = await vscode.workspace.fs.readFile(file);
  } catch (cause) {
    throw new KhipuError('invalid-input', `${file.fsPath} cannot be read.`, {}, { cause });
  }
  if (bytes.length > largestFile)
    throw new KhipuError('invalid-input', 'The file is too large to be one with connections.');
  return Buffer.from(bytes).toString('utf8');
}

/** Those that are taken in, as they will be saved; undefined when the user turned away. */
async function takeIn(
  read: readonly ConnectionProfile[],
  existing: readonly ConnectionProfile[],
): Promise<ConnectionProfile[] | undefined> {
  const taken: ConnectionProfile[] = [];
  let forAll: TwinAnswer | undefined;
  for (const [index, profile] of read.entries()) {
    const replaced = new Set(taken.map(({ id }) => id));
    const others = [...existing.filter(({ id }) => !replaced.has(id)), ...taken];
    const twin = twinOf(profile, others);
    if (twin === undefined) {
      taken.push(profile);
      continue;
    }
    if (isSame(profile, twin)) continue;
    const answer = forAll ?? (await askAboutTwin(profile, twin, index < read.length - 1));
    if (answer === undefined) return undefined;
    if (typeof answer !== 'string') forAll = answer.forAll;
    const how = typeof answer === 'string' ? answer : answer.forAll;
    const kept = besideTwin(profile, twin, how, others);
    if (kept === undefined) continue;
    const at = taken.findIndex(({ id }) => id === kept.id);
    if (at === -1) taken.push(kept);
    else taken[at] = kept;
  }
  return taken;
}

interface TwinItem extends vscode.QuickPickItem {
  readonly answer: TwinAnswer | { readonly forAll: TwinAnswer };
}

async function askAboutTwin(
  profile: ConnectionProfile,
  twin: ConnectionProfile,
  moreFollow: boolean,
): Promise<TwinItem['answer'] | undefined> {
  const items: (TwinItem & { readonly answer: TwinAnswer; readonly forAll: string })[] = [
    {
      label: '$(files) Keep Both',
      description: 'the imported one gets a name of its own',
      answer: 'keep both',
      forAll: '$(files) Keep Both of All',
    },
    {
      label: '$(replace) Replace',
      description: `${twin.name} (${whereOf(twin)}) becomes the imported one (${whereOf(profile)})`,
      answer: 'replace',
      forAll: '$(replace) Replace All',
    },
    {
      label: '$(debug-step-over) Skip',
      description: 'this one is not imported',
      answer: 'skip',
      forAll: '$(debug-step-over) Skip All',
    },
  ];
  const forAll: TwinItem[] = items.map(({ answer, forAll: label }) => ({
    label,
    description: 'this one and those that follow',
    answer: { forAll: answer },
  }));
  const picked = await vscode.window.showQuickPick(moreFollow ? [...items, ...forAll] : items, {
    title: `There is a connection ${profile.name} already`,
    placeHolder: 'Nothing is imported before every question is answered.',
    ignoreFocusOut: true,
  });
  return picked?.answer;
}

/** Programs that run on this machine are shown before any is taken over. */
async function agreeToPrograms(
  taken: readonly ConnectionProfile[],
): Promise<readonly ConnectionProfile[] | undefined> {
  const programs = taken.flatMap(({ name, passwordCommand }) =>
    passwordCommand === undefined ? [] : [`${name}: ${formatCommandLine(passwordCommand)}`],
  );
  if (programs.length === 0) return taken;
  const [keep, without] = ['Import with Programs', 'Import without'];
  const detail = `${programs.join('\n')}\n\nWithout them, the password is asked for at each connect.`;
  const chosen = await vscode.window.showWarningMessage(
    programs.length === 1
      ? 'One of these connections runs a program to get its password.'
      : `${programs.length} of these connections run a program to get their password.`,
    { modal: true, detail },
    keep,
    without,
  );
  if (chosen === keep) return taken;
  return chosen === without ? taken.map(withoutCommand) : undefined;
}
