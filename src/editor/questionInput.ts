/** The question box: free words, with the verified questions of the connection as suggestions below. */
import * as vscode from 'vscode';

interface QuestionItem extends vscode.QuickPickItem {
  /** What is asked when this is chosen; a divider asks nothing. */
  readonly question: string | undefined;
}

/**
 * Has the user write a question, or choose one.
 * @param before what the box starts with
 * @returns undefined when the user leaves
 */
export function askForQuestion(suggestions: readonly string[], before: string): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<QuestionItem>();
  box.title = 'Ask Database';
  box.placeholder = 'Ask in your own words, for example: How many orders per country?';
  box.value = before;
  box.ignoreFocusOut = true;
  box.matchOnDescription = false;
  const show = (): void => {
    const typed = box.value.trim();
    const own = {
      question: typed,
      label: typed,
      description: 'ask this',
      iconPath: new vscode.ThemeIcon('comment'),
      alwaysShow: true,
    };
    const listed = suggestions
      .filter((question) => question !== typed)
      .map((label) => ({ question: label, label, iconPath: new vscode.ThemeIcon('verified') }));
    const divider = {
      question: undefined,
      label: 'verified questions',
      kind: vscode.QuickPickItemKind.Separator,
    };
    box.items = [...(typed === '' ? [] : [own]), ...(listed.length === 0 ? [] : [divider, ...listed])];
    const [first] = box.items;
    if (typed !== '' && first !== undefined) box.activeItems = [first];
  };
  show();
  box.onDidChangeValue(show);
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      // Enter may come before the list has caught up with the typing, and even a divider be selected then.
      const question = (box.selectedItems[0]?.question ?? box.value).trim();
      if (question === '') return;
      resolve(question);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
