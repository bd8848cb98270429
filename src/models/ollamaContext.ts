/** How much context an Ollama model is given, and whether it was enough: Ollama cuts prompts that do not fit without a word. */
import type { ChatMessage } from './chatModel.ts';

/** SQL-like text has about this many characters to a token. */
const charsPerToken = 2.8;
/** No tokenizer that is in use gets more out of a token over a whole prompt: fewer tokens than this mean that text is missing. */
const mostCharsPerToken = 6;
/** Tokens kept for the reply. */
const replyRoom = 4096;
const leastContext = 8192;

export interface ContextPlan {
  /** Ollama's `num_ctx`: tokens of prompt and reply together. */
  readonly contextTokens: number;
  /** Ollama's `num_predict`: the most tokens that the reply may have. */
  readonly replyTokens: number;
}

export function promptChars(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + message.content.length, 0);
}

/**
 * The smallest power of two that holds prompt and reply, so that Ollama need not reload the model for each prompt's size.
 * @param limit the most tokens the user or the model allows
 */
export function planContext(chars: number, limit: number): ContextPlan {
  const promptTokens = Math.ceil(chars / charsPerToken);
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(leastContext, promptTokens + replyRoom)));
  const contextTokens = Math.min(wanted, limit);
  return { contextTokens, replyTokens: Math.max(1024, contextTokens - promptTokens) };
}

/** Whether a prompt of that many characters surely does not fit. */
export function surelyTooLong(chars: number, contextTokens: number): boolean {
  return chars / mostCharsPerToken > contextTokens;
}

/**
 * Whether the model evidently did not see the whole prompt. A prompt that does not fit is cut by Ollama to half the context and
 * a few tokens (ollama/ollama#17427), and the count it reports is the one after the cut.
 * @param readTokens Ollama's `prompt_eval_count`
 */
export function evidentlyCut(chars: number, readTokens: number, contextTokens: number): boolean {
  if (readTokens >= contextTokens) return true;
  if (readTokens < Math.floor(chars / mostCharsPerToken)) return true;
  const half = contextTokens / 2;
  const likelyTooLong = chars / charsPerToken > contextTokens * 0.8;
  return likelyTooLong && readTokens >= half && readTokens <= half + 8;
}
