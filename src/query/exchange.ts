/** One request to the models, and its record in the trace. */
import { modelLabel, type ChatMessage, type ChatRequest } from '../models/chatModel.ts';
import type { FallbackReply } from '../models/fallback.ts';
import type { Retrieval } from '../rag/retrieval.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import type { Progress, ProposeWorld } from './propose.ts';
import { partialSql, replySchema } from './reply.ts';
import { timed, type Trace } from './trace.ts';

/**
 * Asks the models, and writes down what was sent and what came back, also when it fails.
 * @param onText given all of the reply that has come so far
 * @throws KhipuError `no-model`, `model-*`, `timeout` or `cancelled`
 */
export async function recordedChat(
  request: ChatRequest,
  chat: ProposeWorld['chat'],
  trace: Trace,
  onText: (streamed: string) => void,
  signal: AbortSignal,
): Promise<FallbackReply> {
  const started = performance.now();
  let streamed = '';
  const messages = [...request.messages];
  const record = (answer: FallbackReply | undefined): void => {
    trace.exchanges.push({
      model: answer === undefined ? undefined : modelLabel(answer.answeredBy),
      locality: answer?.answeredBy.locality,
      messages,
      reply: answer?.text ?? streamed,
      usage: answer?.usage ?? { inputTokens: undefined, outputTokens: undefined },
      ms: performance.now() - started,
      finding: undefined,
    });
  };
  let answer: FallbackReply;
  try {
    const onPiece = (piece: string): void => onText((streamed += piece));
    answer = await timed(trace, 'model', () => chat({ ...request, messages }, onPiece, signal));
    throwIfAborted(signal);
  } catch (thrown) {
    const error = toKhipuError(thrown);
    // With no model to send to, nothing was sent, and the trace must not claim so.
    if (error.kind !== 'no-model') record(undefined);
    throw error;
  }
  record(answer);
  if (!answer.truncated) return answer;
  throw new KhipuError('model-reply-unusable', 'The model ran out of room before its reply was complete.');
}

/**
 * Sends the messages of a question, and tells the SQL as it comes.
 * @throws KhipuError as `recordedChat` does, `no-model` with questions that can be answered instead
 */
export async function exchange(
  messages: readonly ChatMessage[],
  retrieval: Retrieval,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<FallbackReply> {
  const onText = (streamed: string): void => {
    const sql = partialSql(streamed);
    if (sql !== undefined) onProgress({ step: 'The model is writing', sql });
  };
  try {
    return await recordedChat({ messages, replySchema }, world.chat.bind(world), trace, onText, signal);
  } catch (thrown) {
    const error = toKhipuError(thrown);
    if (error.kind !== 'no-model') throw error;
    throw new KhipuError('no-model', error.message, { ...error.detail, candidates: suggestions(retrieval) });
  }
}

/** Questions that can be answered instead. */
export function suggestions(retrieval: Retrieval): string[] {
  return retrieval.examples.map((example) => example.question);
}
