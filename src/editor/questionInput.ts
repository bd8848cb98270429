/** The question box: free words, with the verified questions of the connection as suggestions below. */
import * as vscode from 'vscode';

interface QuestionItem extends vscode.QuickPickItem {
  /** What is asked when this is chosen; undefined for what stands in the box, and for the divider. */
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
  const listed = suggestionItems(suggestions);
  // VS Code tells by its place in the list what was chosen, and Enter may come before the list has caught up with the
  // typing: so the list keeps its places whatever is typed, or another question than the chosen one would be asked.
  const show = (): void => {
    const own = ownItem(box.value.trim());
    box.items = [own, ...listed];
    if (own.label !== emptyLabel) box.activeItems = [own];
  };
  show();
  box.onDidChangeValue(show);
  return new Promise((resolve) => {
    box.onDidAccept(() => {
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

const emptyLabel = 'Your own question';

function ownItem(typed: string): QuestionItem {
  return {
    question: undefined,
    label: typed === '' ? emptyLabel : typed,
    description: typed === '' ? 'write it above' : 'ask this',
    iconPath: new vscode.ThemeIcon('comment'),
    alwaysShow: true,
  };
}

function suggestionItems(suggestions: readonly string[]): QuestionItem[] {
  if (suggestions.length === 0) return [];
  const divider = {
    question: undefined,
    label: 'verified questions',
    kind: vscode.QuickPickItemKind.Separator,
  };
  const iconPath = new vscode.ThemeIcon('verified');
  return [divider, ...suggestions.map((label) => ({ question: label, label, iconPath }))];
}
