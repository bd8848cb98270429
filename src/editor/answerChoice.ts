/** Has the user answer what a model asks back, where there is no results view to do it in. */
import * as vscode from 'vscode';

const somethingElse = 'Something else…';

/** @returns undefined when the user leaves */
export async function chooseAnswer(
  askedBack: string,
  options: readonly string[],
): Promise<string | undefined> {
  if (options.length > 0) {
    const chosen = await vscode.window.showQuickPick(
      [...options.map((label) => ({ label })), { label: somethingElse }],
      {
        title: askedBack,
        placeHolder: 'Choose an answer',
        ignoreFocusOut: true,
      },
    );
    if (chosen?.label !== somethingElse) return chosen?.label;
  }
  const words = await vscode.window.showInputBox({
    title: askedBack,
    prompt: 'Answer in your own words',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'Write an answer.' : undefined),
  });
  return words?.trim();
}
