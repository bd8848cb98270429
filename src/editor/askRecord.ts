/** What is kept of a question while it is answered: its trace, and its line in the history. */
import { randomUUID } from 'node:crypto';
import { wholeQuestion } from '../query/conversation.ts';
import { startTrace, type Trace } from '../query/trace.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';
import type { ActiveConnection } from './activeConnection.ts';
import { questionOf, type Request } from './askRequest.ts';
import { trailOf } from './currentConversation.ts';
import { askedOf, type Fared, type History } from './history.ts';
import type { TraceDocument } from './traceDocument.ts';

export interface AskRecord {
  readonly trace: Trace;
  /** Its line in the history; undefined for what is not written there. */
  readonly historyId: string | undefined;
  /** Writes down what became of it; once more for the same question takes the place of the line before. */
  write(fared: Omit<Fared, 'id'>, header?: AnswerHeader): void;
  /** Keeps the trace for Show What Was Sent. */
  keep(): void;
}

export interface RecordParts {
  readonly active: Pick<ActiveConnection, 'nameOf'>;
  readonly history: Pick<History, 'record'>;
  readonly traces: Pick<TraceDocument, 'keep'>;
}

/** Begins the record of a request; one that goes on with a question goes on with its record. */
export function recordOf(request: Request, { active, history, traces }: RecordParts): AskRecord {
  if (request.kind === 'confirmed') return request.record;
  const { connectionId } = request;
  const trace = startTrace(questionOf(request) ?? '', connectionId);
  // What runs again is in the history already.
  if (request.kind !== 'question')
    return { trace, historyId: undefined, write: () => undefined, keep: () => undefined };
  const id = randomUUID();
  // A follow-up by itself says nothing to who finds it later, nor to a model.
  const question = wholeQuestion(trailOf(request).trail ?? [], request.question);
  return {
    trace,
    historyId: id,
    write(fared, header) {
      const name = active.nameOf(connectionId);
      void history.record(askedOf({ question, connectionId }, name, trace, { ...fared, id }, header));
    },
    keep: () => traces.keep(trace, id),
  };
}
