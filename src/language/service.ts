/** Decides when a document is checked, and which of the results are still true of it. Knows documents, but no connection. */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { SqlParser } from '../database/parse.ts';
import { toKhipuError } from '../shared/errors.ts';
import { diagnose, type SqlDiagnostic } from './diagnostics.ts';

/** What the service needs of the world. */
export interface LanguageServiceOptions {
  readonly loadParser: () => Promise<SqlParser>;
  /** Shows the diagnostics of one version of a document; an empty list clears them. */
  readonly publish: (uri: string, version: number, diagnostics: Diagnostic[]) => void;
  readonly log: (line: string) => void;
  /** How long after the last change a document is checked, in milliseconds. */
  readonly delayMs: number;
}

/** A check that waits or runs. */
interface Check {
  readonly timer: NodeJS.Timeout;
  readonly abort: AbortController;
}

export class LanguageService {
  readonly #options: LanguageServiceOptions;
  readonly #checks = new Map<string, Check>();
  #parser: Promise<SqlParser> | undefined;

  constructor(options: LanguageServiceOptions) {
    this.#options = options;
  }

  /** The document was opened or changed: it is checked once no change has come for `delayMs`. */
  changed(document: TextDocument): void {
    if (!isChecked(document)) return;
    this.#stop(document.uri);
    const abort = new AbortController();
    const timer = setTimeout(() => void this.#check(document, abort.signal), this.#options.delayMs);
    this.#checks.set(document.uri, { timer, abort });
  }

  /** The document was closed: nothing more is said of it, and what was said is taken back. */
  closed(document: TextDocument): void {
    if (!isChecked(document)) return;
    this.#stop(document.uri);
    this.#options.publish(document.uri, document.version, []);
  }

  dispose(): void {
    for (const uri of [...this.#checks.keys()]) this.#stop(uri);
  }

  #stop(uri: string): void {
    const check = this.#checks.get(uri);
    if (check === undefined) return;
    clearTimeout(check.timer);
    check.abort.abort();
    this.#checks.delete(uri);
  }

  async #check(document: TextDocument, signal: AbortSignal): Promise<void> {
    // The document object changes under our hands: the text and its version are taken together, and compared at the end.
    const { uri, version } = document;
    try {
      const found = await diagnose(document.getText(), await this.#loadParser(), signal);
      if (signal.aborted || document.version !== version) return;
      this.#options.publish(
        uri,
        version,
        found.map((diagnostic) => toLsp(document, diagnostic)),
      );
    } catch (thrown) {
      const error = toKhipuError(thrown);
      if (error.kind !== 'cancelled')
        this.#options.log(`The syntax of ${uri} could not be checked: ${error.message}`);
    }
  }

  /** Loads the grammar with the first document; after a failure, again with the next check. */
  #loadParser(): Promise<SqlParser> {
    this.#parser ??= this.#options.loadParser().catch((error: unknown) => {
      this.#parser = undefined;
      throw error;
    });
    return this.#parser;
  }
}

/** SQL files and unsaved SQL documents: not the views that source control or a notebook makes of them. */
function isChecked({ uri, languageId }: TextDocument): boolean {
  const isFile = /^file:/i.test(uri) && /\.sql$/i.test(uri.replace(/[?#].*$/, ''));
  const isUntitled = /^untitled:/i.test(uri) && (languageId === 'sql' || /\.sql$/i.test(uri));
  return isFile || isUntitled;
}

function toLsp(document: TextDocument, { start, end, severity, message }: SqlDiagnostic): Diagnostic {
  return {
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Information,
    source: 'Khipu',
    message,
  };
}
