/** Asks for the values of a statement's parameters, one box after the other, with those of last time filled in. */
import * as vscode from 'vscode';
import type { ParameterValue, ParameterValues } from '../database/parameters.ts';
import type { ParameterMemory } from './parameterMemory.ts';

/** A text with parameters, and where it stands. */
export interface ParameterisedText {
  /** As they are written: `:from`, `$1`. */
  readonly names: readonly string[];
  readonly text: string;
  /** The file, as a URI; empty for none. */
  readonly source: string;
  /** Values that need not be asked for. */
  readonly given: ParameterValues | undefined;
}

/** @returns a value for every name, or undefined when the user leaves */
export async function askForParameters(
  { names, text, source, given = {} }: ParameterisedText,
  memory: ParameterMemory,
): Promise<ParameterValues | undefined> {
  const asked = names.filter((name) => given[name] === undefined);
  if (asked.length === 0) return given;
  const values = new Map(memory.recall(source, text, asked));
  for (let step = 0; step < asked.length;) {
    const name = asked[step] ?? '';
    const answer = await askForValue({ name, before: values.get(name), step: step + 1, of: asked.length });
    if (answer === undefined) return undefined;
    if (answer === 'back') step -= 1;
    else {
      values.set(name, answer.value);
      step += 1;
    }
  }
  const all = { ...given, ...Object.fromEntries(values) };
  await memory.keep(source, text, all);
  return all;
}

interface Question {
  readonly name: string;
  readonly before: ParameterValue | undefined;
  readonly step: number;
  readonly of: number;
}

/** NULL has a button of its own: an empty box is the empty text. */
function askForValue({
  name,
  before,
  step,
  of,
}: Question): Promise<{ readonly value: ParameterValue } | 'back' | undefined> {
  const box = vscode.window.createInputBox();
  const nullButton = { iconPath: new vscode.ThemeIcon('circle-slash'), tooltip: 'NULL' };
  let isNull = before === null;
  box.title = `Value of ${name}`;
  if (of > 1) [box.step, box.totalSteps] = [step, of];
  box.value = before ?? '';
  box.valueSelection = [0, box.value.length];
  box.ignoreFocusOut = true;
  box.buttons = [...(step > 1 ? [vscode.QuickInputButtons.Back] : []), nullButton];
  const show = (): void => {
    box.placeholder = isNull ? 'NULL' : 'the empty text';
    box.prompt = promptOf(isNull, box.value);
  };
  show();
  box.onDidChangeValue(() => {
    isNull = false;
    show();
  });
  return new Promise((resolve) => {
    const answer = (value: { readonly value: ParameterValue } | 'back'): void => {
      resolve(value);
      box.hide();
    };
    box.onDidAccept(() => answer({ value: isNull ? null : box.value }));
    box.onDidTriggerButton((button) => answer(button === nullButton ? { value: null } : 'back'));
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

function promptOf(isNull: boolean, value: string): string {
  if (isNull) return 'Enter sends NULL, as last time. Type to send a text.';
  if (value === '') return 'Enter sends the empty text. The button above sends NULL.';
  return 'Sent apart from the SQL, and read by Postgres as the type it needs. The button above sends NULL.';
}
