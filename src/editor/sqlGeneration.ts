/** Turns a comment into a checked statement, with a progress that can be cancelled; the statement is not run. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import { startTrace } from '../query/trace.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import type { History } from './history.ts';
import type { LazyConnections } from './lazyParts.ts';
import { signalOf } from './report.ts';
import type { TraceDocument } from './traceDocument.ts';

/** Asks on the connection of the file. @returns undefined when the user chose no connection */
export type GenerateSql = (question: string, file: vscode.Uri) => Promise<string | undefined>;

export interface GenerationParts {
  readonly answers: Answers;
  readonly connections: LazyConnections;
  readonly active: ActiveConnection;
  readonly traces: TraceDocument;
  readonly history: History;
}

/**
 * Makes the function that generates.
 * The function throws KhipuErrors of any room; a question back is `invalid-input`.
 */
export function createSqlGeneration({
  answers,
  connections,
  active,
  traces,
  history,
}: GenerationParts): GenerateSql {
  return async (question, file) => {
    const id = await active.idOrAsk(file);
    if (id === undefined) return undefined;
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Generating: ${question}`, cancellable: true },
      async (progress, token) => {
        const signal = signalOf(token);
        const trace = startTrace(question, id);
        try {
          const connected = await connections.connect(id, signal);
          const onProgress = ({ step }: { step: string }): void => progress.report({ message: step });
          const proposed = await answers.generate(question, connected, trace, onProgress, signal);
          if (!('clarification' in proposed)) {
            const { source, model, statement } = proposed;
            const connection = connected.profile.name;
            const told = { id: randomUUID(), connectionId: id, connection, question, source, model };
            void history.record({ ...told, sql: statement.text, outcome: 'written' });
            return statement.text;
          }
          throw new KhipuError('invalid-input', `The model asks back: ${proposed.clarification}`, {
            hint: 'Put the answer into the comment.',
          });
        } finally {
          traces.keep(trace);
        }
      },
    );
  };
}
