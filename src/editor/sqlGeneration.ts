/** Turns a comment into a checked statement, with a progress that can be cancelled; the statement is not run. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Answers } from '../answers.ts';
import type { AiPolicy } from '../database/profile.ts';
import { wholeQuestion, type Turn } from '../query/conversation.ts';
import type { AskedQuestion, Clarification, Proposal } from '../query/propose.ts';
import { startTrace } from '../query/trace.ts';
import { throwIfAborted } from '../shared/errors.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { chooseAnswer } from './answerChoice.ts';
import { askedOf, type History } from './history.ts';
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
 * Makes the function that generates, and has the user answer what a model asks back.
 * The function throws KhipuErrors of any room.
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
        const connected = await connections.connect(id, signal);
        const onProgress = ({ step }: { step: string }): void => progress.report({ message: step });
        const historyId = randomUUID();
        let trace = startTrace(question, id);
        const generate = async (asked: AskedQuestion) => {
          trace = startTrace(asked.question, id);
          try {
            return await answers.generate(asked, connected, trace, onProgress, signal);
          } finally {
            traces.keep(trace, historyId);
          }
        };
        const { proposed, trail } = await untilAnswered(
          question,
          connected.profile.aiPolicy,
          generate,
          signal,
        );
        if (proposed === undefined) return undefined;
        const whole = wholeQuestion(trail.slice(0, -1), trail.at(-1) ?? question);
        const told = { id: historyId, outcome: 'written' } as const;
        const header = { ...proposed, connection: connected.profile.name };
        void history.record(askedOf({ question: whole, connectionId: id }, undefined, trace, told, header));
        return proposed.statement.text;
      },
    );
  };
}

/** Asks, and goes on with what the user answers; without a proposal when the user leaves. */
async function untilAnswered(
  first: string,
  aiPolicy: AiPolicy,
  generate: (asked: AskedQuestion) => Promise<Proposal | Clarification>,
  signal: AbortSignal,
): Promise<{ readonly proposed: Proposal | undefined; readonly trail: readonly string[] }> {
  const turns: Turn[] = [];
  for (let question = first; ;) {
    const proposed = await generate({ question, earlier: turns.length === 0 ? undefined : turns });
    const trail = [...turns.map((turn) => turn.question), question];
    if (!('clarification' in proposed)) return { proposed, trail };
    const { clarification, options } = proposed;
    const answer = await chooseAnswer(clarification, options);
    throwIfAborted(signal);
    if (answer === undefined) return { proposed: undefined, trail };
    turns.push({ question, askedBack: { question: clarification, options }, aiPolicy });
    question = answer;
  }
}
