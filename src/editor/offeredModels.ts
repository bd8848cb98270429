/** Looks which models there are to choose from now, at the user's Ollama and in VS Code. */
import { defaultOllamaUrl, listOllamaModels, type OllamaModelInfo } from '../models/ollamaModels.ts';
import { toKhipuError } from '../shared/errors.ts';
import { readModelServers } from './modelSettings.ts';
import { listVscodeModels, type VscodeModelInfo } from './vscodeModel.ts';

export interface OfferedModels {
  readonly ollamaUrl: string;
  readonly ollama: readonly OllamaModelInfo[];
  /** Why Ollama's are not known. */
  readonly ollamaFault: string | undefined;
  readonly vscode: readonly VscodeModelInfo[];
}

const patienceMs = 3000;

/** Never fails: what cannot be had is left out, with the reason of an Ollama that does not answer. */
export async function offeredModels(): Promise<OfferedModels> {
  const ollamaUrl = readModelServers().ollama ?? defaultOllamaUrl;
  const [ollama, vscode] = await Promise.all([
    listOllamaModels(ollamaUrl, AbortSignal.timeout(patienceMs)).catch((thrown: unknown) =>
      toKhipuError(thrown),
    ),
    listed(),
  ]);
  const isFault = ollama instanceof Error;
  return {
    ollamaUrl,
    ollama: isFault ? [] : ollama.filter(({ canChat }) => canChat),
    ollamaFault: isFault ? ollama.message : undefined,
    vscode,
  };
}

/** An extension that hangs must not keep the other models from being chosen. */
async function listed(): Promise<readonly VscodeModelInfo[]> {
  const late = Promise.withResolvers<readonly VscodeModelInfo[]>();
  const timer = setTimeout(() => late.resolve([]), patienceMs);
  try {
    return await Promise.race([listVscodeModels().catch(() => []), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
