/** Asks for one property of a connection: by a box that checks while one types, a list, or the dialog for files. */
import * as vscode from 'vscode';
import type { ConnectionColour } from '../shared/connectionLook.ts';
import { toKhipuError } from '../shared/errors.ts';
import { accepted } from './acceptedItem.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import type { ConnectionProperty, PropertyAsk, PropertyChoice } from './connectionProperties.ts';

/** @returns the changed draft; the same one when the user turned away */
export async function askForProperty(
  property: ConnectionProperty,
  draft: ConnectionDraft,
): Promise<ConnectionDraft> {
  const title = titleOf(property);
  const { ask } = property;
  switch (ask.kind) {
    case 'text':
      return askForText(title, ask, draft);
    case 'choice':
      return askForChoice(title, ask, draft);
    case 'file':
      return askForFile(title, ask, draft);
  }
}

/** The label without its codicon. */
function titleOf({ label }: ConnectionProperty): string {
  return label.replace(/^\$\([\w-]+\) /, '').replace(/^Paste a URL$/, 'Connection URL');
}

async function askForText(
  title: string,
  ask: Extract<PropertyAsk, { kind: 'text' }>,
  draft: ConnectionDraft,
): Promise<ConnectionDraft> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: ask.prompt,
    ...(ask.placeholder === undefined ? {} : { placeHolder: ask.placeholder }),
    password: ask.secret === true,
    value: ask.start(draft),
    ignoreFocusOut: true,
    validateInput: (typed) => faultOf(() => ask.enter(draft, typed)),
  });
  return text === undefined ? draft : ask.enter(draft, text);
}

/** What is wrong with what is being typed, in a sentence; undefined when nothing is. */
export function faultOf(enter: () => unknown): string | undefined {
  try {
    enter();
    return undefined;
  } catch (thrown) {
    const error = toKhipuError(thrown);
    return [error.message, error.detail.hint].filter((part) => part !== undefined).join(' ');
  }
}

async function askForChoice(
  title: string,
  ask: Extract<PropertyAsk, { kind: 'choice' }>,
  draft: ConnectionDraft,
): Promise<ConnectionDraft> {
  const current = ask.current(draft);
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly choice: PropertyChoice }>();
  pick.title = title;
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.items = ask.choices.map((choice) => ({
    choice,
    label: choice.label,
    description: [choice.description, choice.value === current ? 'as now' : undefined]
      .filter((part) => part !== undefined)
      .join(' · '),
    ...(choice.colour === undefined ? {} : { iconPath: dot(choice.colour) }),
  }));
  pick.activeItems = pick.items.filter(({ choice }) => choice.value === current);
  const chosen = await accepted(pick);
  return chosen === undefined ? draft : ask.enter(draft, chosen.choice.value);
}

/** Lists show no theme colour on an icon: pictures with those that VS Code's own themes have for charts. */
function dot(colour: ConnectionColour): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const [light, dark] = dotColours[colour];
  const picture = (fill: string): vscode.Uri =>
    vscode.Uri.from({
      scheme: 'data',
      path: `image/svg+xml;base64,${Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5" fill="${fill}"/></svg>`,
      ).toString('base64')}`,
    });
  return { light: picture(light), dark: picture(dark) };
}

const dotColours: Readonly<Record<ConnectionColour, readonly [light: string, dark: string]>> = {
  red: ['#e51400', '#f14c4c'],
  orange: ['#d18616', '#d18616'],
  yellow: ['#bf8803', '#cca700'],
  green: ['#388a34', '#89d185'],
  blue: ['#1a85ff', '#3794ff'],
  purple: ['#652d90', '#b180d7'],
};

async function askForFile(
  title: string,
  ask: Extract<PropertyAsk, { kind: 'file' }>,
  draft: ConnectionDraft,
): Promise<ConnectionDraft> {
  const current = ask.current(draft);
  if (current !== undefined) {
    const choose = { label: '$(folder-opened) Choose Another File…' };
    const without = { label: '$(close) No File' };
    const chosen = await vscode.window.showQuickPick([choose, without], {
      title,
      placeHolder: current,
      ignoreFocusOut: true,
    });
    if (chosen === undefined) return draft;
    if (chosen === without) return ask.enter(draft, undefined);
  }
  const [file] =
    (await vscode.window.showOpenDialog({ title, openLabel: 'Use', canSelectMany: false })) ?? [];
  return file === undefined ? draft : ask.enter(draft, file.fsPath);
}
