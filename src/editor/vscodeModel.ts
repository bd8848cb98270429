/** Models that other extensions offer through VS Code: the one file that names `vscode.lm`. */
import * as vscode from 'vscode';
import type { AskOptions } from '../models/ask.ts';
import { modelLabel, type ChatModel, type ChatReply, type ChatRequest } from '../models/chatModel.ts';
import { foldMessages } from '../models/foldedMessages.ts';
import { gatherReply } from '../models/replyText.ts';
import { startWatch, type ModelTimeouts, type Watch } from '../models/timeouts.ts';
import { abortable } from '../shared/abortable.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';

/** The user may take their time over VS Code's question whether Khipu may ask this model. */
const timeouts: ModelTimeouts = {
  firstByteMs: 240_000,
  firstTextMs: 120_000,
  idleMs: 30_000,
  totalMs: 300_000,
};

export interface VscodeModelInfo {
  /** What a setting calls it: its id, with the vendor before it where two have the same. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly vendor: string;
  readonly maxInputTokens: number;
}

/** The models that are offered now; asks nobody for consent. */
export async function listVscodeModels(): Promise<VscodeModelInfo[]> {
  const models = await vscode.lm.selectChatModels();
  return models.map((model) => {
    const isOnly = models.filter(({ id }) => id === model.id).length === 1;
    return {
      name: isOnly ? model.id : `${model.vendor}/${model.id}`,
      title: model.name,
      vendor: model.vendor,
      maxInputTokens: model.maxInputTokens,
    };
  });
}

/**
 * A model that VS Code offers; looked for when it is asked, since extensions come and go. VS Code asks the user for consent at
 * the first request.
 * @param name an id, `vendor/id` or a family
 */
export function createVscodeModel(name: string, options: Pick<AskOptions, 'timeouts'> = {}): ChatModel {
  const label = modelLabel({ provider: 'vscode', name });
  return {
    provider: 'vscode',
    name,
    locality: 'remote', // where the extension sends it is not known
    async chat(request, onText, signal) {
      throwIfAborted(signal);
      const watch = startWatch({ ...timeouts, ...options.timeouts }, label, signal);
      const source = new vscode.CancellationTokenSource();
      watch.signal.addEventListener('abort', () => source.cancel(), { once: true });
      try {
        watch.sent();
        return await converse({ name, label, request, onText }, watch, source.token);
      } catch (thrown) {
        throw toFault(label, thrown, watch.signal);
      } finally {
        watch.end(); // which also cancels what the model may still be writing
        source.dispose();
      }
    },
  };
}

interface Call {
  readonly name: string;
  readonly label: string;
  readonly request: ChatRequest;
  readonly onText: (piece: string) => void;
}

async function converse(call: Call, watch: Watch, token: vscode.CancellationToken): Promise<ChatReply> {
  const model = await abortable(findModel(call.name, call.label), watch.signal);
  const messages = foldMessages(call.request.messages).map(({ role, content }) =>
    role === 'user'
      ? vscode.LanguageModelChatMessage.User(content)
      : vscode.LanguageModelChatMessage.Assistant(content),
  );
  const prompt = call.request.messages.map(({ content }) => content).join('\n\n');
  const inputTokens = await abortable(countTokens(model, prompt, token), watch.signal);
  if (inputTokens !== undefined && model.maxInputTokens > 0 && inputTokens > model.maxInputTokens)
    throw tooLong(call.label, model.maxInputTokens);
  const justification = 'Khipu sends your question with the names and types of tables, to have SQL written.';
  const sent = model.sendRequest(messages, { justification }, token);
  const response = await abortable(Promise.resolve(sent), watch.signal);
  watch.heard();
  const text = await readReply(call, response, watch);
  const outputTokens = await abortable(countTokens(model, text, token), watch.signal);
  return { text, usage: { inputTokens, outputTokens }, truncated: false };
}

/** Reads part by part, and waits for none once the watch has ended: an extension need not heed its token. */
async function readReply(
  { label, onText }: Call,
  response: vscode.LanguageModelChatResponse,
  watch: Watch,
): Promise<string> {
  const gathered = gatherReply(label, watch, onText);
  const parts = response.stream[Symbol.asyncIterator]();
  for (;;) {
    const next: IteratorResult<unknown, unknown> = await abortable(parts.next(), watch.signal);
    if (next.done === true) return gathered.end();
    watch.heard(); // thoughts are no text, but a sign of life
    if (next.value instanceof vscode.LanguageModelTextPart) gathered.add(next.value.value);
  }
}

async function findModel(name: string, label: string): Promise<vscode.LanguageModelChat> {
  const models = await vscode.lm.selectChatModels();
  const found =
    models.find(({ vendor, id }) => `${vendor}/${id}` === name) ??
    models.find(({ id }) => id === name) ??
    models.find(({ family }) => family === name);
  if (found !== undefined) return found;
  if (models.length === 0) {
    throw new KhipuError('model-not-found', `VS Code offers no model, so ${label} could not be asked.`, {
      subject: name,
      hint: 'Install an extension that offers models, such as GitHub Copilot, and sign in to it.',
    });
  }
  const others = models.slice(0, 5).map(({ id }) => id);
  throw new KhipuError('model-not-found', `VS Code offers no model "${name}".`, {
    subject: name,
    hint: `It offers ${others.join(', ')}${models.length > others.length ? ' and others' : ''}.`,
  });
}

/** undefined where the extension cannot count. */
async function countTokens(
  model: vscode.LanguageModelChat,
  text: string,
  token: vscode.CancellationToken,
): Promise<number | undefined> {
  try {
    return await model.countTokens(text, token);
  } catch {
    return undefined; // the answer does not hang on it
  }
}

function tooLong(label: string, limit: number): KhipuError {
  const message = `The question with its schema does not fit into what ${label} can read (${limit} tokens).`;
  return new KhipuError('model-failed', message, {
    subject: label,
    hint: 'Choose a model with a larger context.',
  });
}

/** What VS Code or the extension threw. Errors come from another process, so they are told by their code, not by their class. */
function toFault(label: string, thrown: unknown, signal: AbortSignal): KhipuError {
  if (signal.aborted && signal.reason instanceof KhipuError) return signal.reason;
  if (thrown instanceof KhipuError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const said = saidBy(thrown);
  const detail = { subject: label };
  if (code === vscode.LanguageModelError.NoPermissions.name) {
    return new KhipuError(
      'model-not-allowed',
      `VS Code was not allowed to let Khipu ask ${label}${said}`,
      detail,
    );
  }
  if (code === vscode.LanguageModelError.Blocked.name)
    return new KhipuError('model-rate-limited', `${label} takes no requests for now${said}`, detail);
  if (code === vscode.LanguageModelError.NotFound.name)
    return new KhipuError('model-not-found', `${label} is not offered any more${said}`, detail);
  return new KhipuError('model-failed', `${label} failed${said}`, detail);
}

/** `: what it said.`, on one line, or a full stop. */
function saidBy(thrown: unknown): string {
  const text = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\s+/g, ' ').trim();
  if (text === '') return '.';
  return `: ${text.slice(0, 300).replace(/\.$/, '')}.`;
}
