/** Tells of every request that a model took, whether or not an answer came of it, so that they can be counted. */
import { toKhipuError, type ErrorKind } from '../shared/errors.ts';
import { modelLabel, type ChatModel, type TokenUsage } from './chatModel.ts';
import type { ModelCandidate } from './fallback.ts';
import type { Locality } from './locality.ts';

export interface SentRequest {
  /** `provider:name`. */
  readonly model: string;
  readonly locality: Locality;
  /** What the model said that it took; of a request that failed it says nothing. */
  readonly usage: TokenUsage;
}

/** Told of each request when it has ended. */
export type OnSent = (sent: SentRequest) => void;

/** With these, no model has read what was sent. */
const notTaken: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid-settings',
  'model-unreachable',
  'model-authentication',
  'model-not-allowed',
  'model-not-found',
  'model-rate-limited',
]);

const unsaid: TokenUsage = { inputTokens: undefined, outputTokens: undefined };

/** The same candidate, whose model tells of what it was sent. */
export function metered(candidate: ModelCandidate, onSent: OnSent): ModelCandidate {
  return {
    ...candidate,
    async resolve(signal) {
      const model = await candidate.resolve(signal);
      return model === undefined ? undefined : meteredModel(model, onSent);
    },
  };
}

function meteredModel(model: ChatModel, onSent: OnSent): ChatModel {
  const { provider, name, locality } = model;
  const tell = (usage: TokenUsage): void => onSent({ model: modelLabel(model), locality, usage });
  return {
    ...{ provider, name, locality },
    async chat(request, onText, signal) {
      const reply = await model.chat(request, onText, signal).catch((thrown: unknown) => {
        if (!notTaken.has(toKhipuError(thrown).kind)) tell(unsaid);
        throw thrown;
      });
      tell(reply.usage);
      return reply;
    },
  };
}
