/** The chain of models that are asked in turn until one answers; it never leaves this machine unless the user said so. */
import { KhipuError, throwIfAborted, type ErrorKind } from '../shared/errors.ts';
import { modelLabel, type ChatModel, type ChatReply, type ChatRequest } from './chatModel.ts';
import type { Locality } from './locality.ts';

export interface ModelCandidate {
  /** Where what is sent would go, known without asking anyone. */
  readonly locality: Locality;
  /** Whether the user named this model in the settings; only then may it follow a local one when it is remote. */
  readonly listedByUser: boolean;
  /**
   * Called when the candidate's turn comes: looks for the model, for example by `probeOllama`; undefined when there is none.
   * @throws KhipuError `cancelled` or `invalid-settings`, which end the chain
   */
  resolve(signal: AbortSignal): Promise<ChatModel | undefined>;
}

export interface FallbackReply extends ChatReply {
  readonly answeredBy: ChatModel;
  /** What the user should know of models that did not answer; empty when the first one did. */
  readonly notices: readonly string[];
}

export interface Fallback {
  /**
   * Asks the candidates in turn. The next one is asked only when the one before failed before any text of it was streamed.
   * @throws KhipuError the first model's error when all failed, `no-model` when there was none to ask
   */
  chat(request: ChatRequest, onText: (piece: string) => void, signal: AbortSignal): Promise<FallbackReply>;
}

interface Failure {
  readonly model: ChatModel;
  readonly error: KhipuError;
}

/** How a model's failure is told; kinds that are not here are not for another model to mend. */
const failureWords: Partial<Record<ErrorKind, string>> = {
  'model-unreachable': 'could not be reached',
  'model-authentication': 'did not accept the key',
  'model-not-allowed': 'may not be asked',
  'model-not-found': 'does not exist there',
  'model-rate-limited': 'takes no more requests for now',
  'model-failed': 'failed',
  timeout: 'did not answer in time',
};

function where(model: ChatModel): string {
  return `${modelLabel(model)} ${model.locality === 'local' ? 'on this machine' : '(not on this machine)'}`;
}

/** `openai:gpt-5 could not be reached (…); ollama:qwen3 on this machine answered instead.` */
function fallbackNotice(failures: readonly Failure[], answeredBy: ChatModel): string {
  const stories = failures.map(({ model, error }) => {
    const words = failureWords[error.kind] ?? 'failed';
    return `${modelLabel(model)} ${words} (${error.message.replace(/\.$/, '')})`;
  });
  return `${[...stories, `${where(answeredBy)} answered instead`].join('; ')}.`;
}

/** The error of one model when another may be asked instead; everything else is thrown. */
function failureOf(model: ChatModel, thrown: unknown, streamed: boolean): Failure {
  const passesOn = thrown instanceof KhipuError && !streamed && failureWords[thrown.kind] !== undefined;
  if (!passesOn) throw thrown;
  return { model, error: thrown };
}

function noneLeft(failures: readonly Failure[]): KhipuError {
  const first = failures[0];
  if (first !== undefined) return first.error;
  return new KhipuError(
    'no-model',
    'There is no model to ask: none is set up, and no Ollama answers on this machine.',
  );
}

/** Makes the chain of an ordered list: the configured model first, then what may stand in for it. */
export function createFallback(candidates: readonly ModelCandidate[]): Fallback {
  return {
    async chat(request, onText, signal) {
      const failures: Failure[] = [];
      let metLocal = false;
      const barred = (candidate: ModelCandidate, locality: Locality): boolean =>
        metLocal && locality === 'remote' && !candidate.listedByUser;

      for (const candidate of candidates) {
        throwIfAborted(signal);
        if (barred(candidate, candidate.locality)) continue;
        const model = await candidate.resolve(signal);
        // A model may be farther away than its server: Ollama passes cloud models on.
        const skipped = model === undefined || barred(candidate, model.locality);
        metLocal ||= candidate.locality === 'local';
        if (skipped) continue;
        let streamed = false;
        const note = (piece: string): void => {
          streamed = true;
          onText(piece);
        };
        try {
          const reply = await model.chat(request, note, signal);
          const notices = failures.length === 0 ? [] : [fallbackNotice(failures, model)];
          return { ...reply, answeredBy: model, notices };
        } catch (thrown) {
          failures.push(failureOf(model, thrown, streamed));
        }
      }
      throw noneLeft(failures);
    },
  };
}
