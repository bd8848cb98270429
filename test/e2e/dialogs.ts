/** Dialogs as a test answers them: VS Code shows none while it is tested. */
import * as vscode from 'vscode';

export interface Dialogs {
  /** What was asked or told, in order: the message, and its detail below it. */
  readonly asked: string[];
  /** What is pressed in the next dialogs; a dialog beyond them is dismissed. */
  answer(...buttons: (string | undefined)[]): void;
  restore(): void;
}

/** Takes the place of warnings and errors until it is restored. */
export function takeDialogs(): Dialogs {
  const window = vscode.window as {
    showWarningMessage: unknown;
    showErrorMessage: unknown;
  };
  const { showWarningMessage, showErrorMessage } = window;
  const asked: string[] = [];
  const answers: (string | undefined)[] = [];
  const show = (message: string, options?: unknown): Promise<string | undefined> => {
    const detail =
      typeof options === 'object' && options !== null && 'detail' in options ? options.detail : '';
    asked.push(`${message}\n${String(detail)}`.trim());
    return Promise.resolve(answers.shift());
  };
  window.showWarningMessage = show;
  window.showErrorMessage = show;
  return {
    asked,
    answer: (...buttons) => void answers.push(...buttons),
    restore() {
      window.showWarningMessage = showWarningMessage;
      window.showErrorMessage = showErrorMessage;
    },
  };
}
