/** What is asked of the surface: a question, a statement in a file, or what was answered before. */
import * as vscode from 'vscode';
import type { Costly } from '../answers.ts';
import type { ParameterValues } from '../database/parameters.ts';
import { readScript, statementAt } from '../database/statements.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';
import type { AskRecord } from './askRecord.ts';
import type { SpokenTurn } from './currentConversation.ts';

/** A question, and the conversation that it goes on from; undefined for one that starts anew. */
interface QuestionOfConnection {
  readonly connectionId: string;
  readonly question: string;
  readonly earlier?: readonly SpokenTurn[] | undefined;
}

/** What is being answered: a question, or a statement that the user wrote. */
export type Request =
  | (QuestionOfConnection & { readonly kind: 'question' })
  | (QuestionOfConnection & { readonly kind: 'kept'; readonly kept: KeptAnswer })
  /** A question whose SQL is run although it costs much. */
  | (QuestionOfConnection & {
      readonly kind: 'confirmed';
      readonly costly: Costly;
      readonly record: AskRecord;
    })
  | {
      readonly kind: 'statement';
      readonly connectionId: string;
      readonly sql: string;
      readonly file: vscode.Uri;
      readonly offset: number;
      readonly parameters: ParameterValues;
    };

/** SQL that a question was answered with before. */
export interface KeptAnswer {
  readonly connectionId: string;
  readonly question: string;
  readonly sql: string;
  /** Who gave it; a model, where one is named. */
  readonly source?: AnswerHeader['source'] | undefined;
  /** The model that wrote it. */
  readonly model: string | undefined;
}

/** A statement of the user's. */
export interface WrittenStatement {
  readonly sql: string;
  /** The file that it stands in. */
  readonly file: vscode.Uri;
  /** Where in it, as a UTF-16 offset. */
  readonly offset: number;
  /** Values of parameters that need not be asked for. */
  readonly parameters?: ParameterValues | undefined;
}

/** What the comment above a statement says, on one line. @param start of the statement, as a UTF-16 offset */
export function commentAbove(text: string, start: number): string | undefined {
  const block = readScript(text).commentBlocks.find(({ statement }) => statement?.start === start);
  return block?.prose.replace(/\s+/g, ' ').replace(/^question:\s*/i, '');
}

/** What the comment above a statement says, as long as the file is open. */
export function commentOf({ file, offset }: Pick<WrittenStatement, 'file' | 'offset'>): string | undefined {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  if (document === undefined) return undefined;
  const text = document.getText();
  const statement = statementAt(text, offset);
  return statement === undefined ? undefined : commentAbove(text, statement.start);
}

/** The question, when there is one. */
export function questionOf(request: Request): string | undefined {
  return request.kind === 'statement' ? undefined : request.question;
}

/** With its question above it: what is edited there can be asked, run and verified on. */
export async function openSql(sql: string, question: string | undefined): Promise<void> {
  const document = await vscode.workspace.openTextDocument({
    language: 'sql',
    content: `${question === undefined ? '' : `-- ${question.replace(/\s+/g, ' ')}\n`}${sql.trimEnd()}\n`,
  });
  await vscode.window.showTextDocument(document);
}
