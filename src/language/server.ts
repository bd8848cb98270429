/** The language server's process: binds the service to the connection (`--node-ipc` or `--stdio`) that started it. */
import {
  createConnection,
  ProposedFeatures,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { loadParser } from '../database/parse.ts';
import { LanguageService } from './service.ts';

const delayMs = 150;

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const service = new LanguageService({
  loadParser: () => loadParser(),
  publish: (uri, version, diagnostics) => {
    // It fails only when the connection has ended, and then nobody is left to be told.
    connection.sendDiagnostics({ uri, version, diagnostics }).catch(() => undefined);
  },
  log: (line) => connection.console.error(line),
  delayMs,
});

connection.onInitialize(() => ({
  capabilities: { textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental } },
  serverInfo: { name: 'Khipu' },
}));
documents.onDidChangeContent(({ document }) => service.changed(document)); // fires for an opened document too
documents.onDidClose(({ document }) => service.closed(document));
connection.onShutdown(() => service.dispose());
// The editor may be gone without a word; over IPC vscode-languageserver looks for it only every three seconds.
process.once('disconnect', () => process.exit(0));

documents.listen(connection);
connection.listen();
