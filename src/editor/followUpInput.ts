/** The box for a follow-up from the palette: free words, with what they go on from above. */
import * as vscode from 'vscode';
import type { Turn } from '../query/conversation.ts';
import { chooseAnswer } from './answerChoice.ts';

/** @returns undefined when the user leaves */
export async function askForFollowUp({ question, askedBack }: Turn): Promise<string | undefined> {
  if (askedBack !== undefined) return chooseAnswer(askedBack.question, askedBack.options);
  const words = await vscode.window.showInputBox({
    title: `Follow-up to: ${question}`,
    prompt:
      'What should be different? The question and its SQL are told to the model, no row of the answer is.',
    placeHolder: 'For example: only for 2024',
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? 'Write what should be different.' : undefined),
  });
  return words?.trim();
}
