/** One request to the models, and its record in the trace. */
import { modelLabel, type ChatMessage } from '../models/chatModel.ts';
import type { FallbackReply } from '../models/fallback.ts';
import type { Retrieval } from '../rag/retrieval.ts';
import { KhipuError, throwIfAborted, toKhipuError } from '../shared/errors.ts';
import type { Progress, ProposeWorld } from './propose.ts';
import { partialSql, replySchema } from './reply.ts';
import { timed, type Trace } from './trace.ts';

/**
 * Sends the messages, tells the SQL as it comes, and writes down what was sent and what came back, also when it fails.
 * @throws KhipuError `no-model`, `model-*`, `timeout` or `cancelled`
 */
export async function exchange(
  messages: readonly ChatMessage[],
  retrieval: Retrieval,
  world: ProposeWorld,
  trace: Trace,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<FallbackReply> {
  const started = performance.now();
  let streamed = '';
  const sent = [...messages];
  const record = (answer: FallbackReply | undefined): void => {
    trace.exchanges.push({
      model: answer === undefined ? undefined : modelLabel(answer.answeredBy),
      locality: answer?.answeredBy.locality,
      messages: sent,
      reply: answer?.text ?? streamed,
      usage: answer?.usage ?? { inputTokens: undefined, outputTokens: undefined },
      ms: performance.now() - started,
      finding: undefined,
    });
  };
  try {
    const onText = (piece: string): void => {
      streamed += piece;
      const sql = partialSql(streamed);
      if (sql !== undefined) onProgress({ step: 'The model is writing', sql });
    };
    const answer = await timed(trace, 'model', () => world.chat({ messages, replySchema }, onText, signal));
    throwIfAborted(signal);
    record(answer);
    if (answer.truncated) {
      throw new KhipuError(
        'model-reply-unusable',
        'The model ran out of room before its reply was complete.',
      );
    }
    return answer;
  } catch (thrown) {
    const error = toKhipuError(thrown);
    // With no model to send to, nothing was sent, and the trace must not claim so.
    if (error.kind !== 'no-model' && trace.exchanges.at(-1)?.messages !== sent) record(undefined);
    if (error.kind !== 'no-model') throw error;
    throw new KhipuError('no-model', error.message, { ...error.detail, candidates: suggestions(retrieval) });
  }
}

/** Questions that can be answered instead. */
export function suggestions(retrieval: Retrieval): string[] {
  return retrieval.examples.map((example) => example.question);
}
