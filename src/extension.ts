/** The composition root in VS Code: makes the long-lived objects and hands them to editor/. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ActiveConnection } from './editor/activeConnection.ts';
import type { AskSurface } from './editor/ask.ts';
import { DocumentSurface } from './editor/documentSurface.ts';
import { registerExplainCommands } from './editor/explainCommands.ts';
import { followSettings } from './editor/changedConnections.ts';
import { ConnectionApprovals } from './editor/connectionApprovals.ts';
import { registerConnectionCommands } from './editor/connections.ts';
import { ConnectionList } from './editor/connectionList.ts';
import { commands } from './editor/contributions.ts';
import type { GlossaryFiles } from './editor/glossaryFiles.ts';
import { GlossarySurface } from './editor/glossarySurface.ts';
import { History } from './editor/history.ts';
import { HistoryView } from './editor/historyView.ts';
import { IndexSurface } from './editor/indexSurface.ts';
import { InlineSql } from './editor/inlineSql.ts';
import { createLazyParts } from './editor/lazyParts.ts';
import { registerCommand } from './editor/report.ts';
import { SchemaExplorer } from './editor/schemaExplorer.ts';
import { Secrets } from './editor/secrets.ts';
import { opensSampleOnStartup } from './editor/settings.ts';
import { createSqlGeneration } from './editor/sqlGeneration.ts';
import { SqlLanguage } from './editor/sqlLanguage.ts';
import { registerStatementHelp } from './editor/statementHelpCommands.ts';
import { TraceDocument } from './editor/traceDocument.ts';
import { registerTransactionCommands } from './editor/transactionCommands.ts';
import { Transactions } from './editor/transactions.ts';
import { TransactionStatus } from './editor/transactionStatus.ts';
import { UsageToday } from './editor/usageToday.ts';
import { VerifiedSurface } from './editor/verifiedSurface.ts';

/** VS Code waits for `deactivate` only, and not for what is in the subscriptions: what ends asynchronously is left here. */
const endings: (() => Promise<void>)[] = [];

const firstUse = () => import('./editor/firstUse.ts');

/** Wires everything by hand. Nothing is connected, started or read, and little of the code loaded, before it is used. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Khipu', { log: true });
  const dist = context.asAbsolutePath('dist');
  const secrets = new Secrets(context.secrets);
  const list = new ConnectionList(
    context.globalState,
    secrets,
    new ConnectionApprovals(context.globalState),
    join(dist, 'sshKeyWorker.cjs'),
    log,
  );
  const index: IndexSurface = new IndexSurface(list, context.secrets, () => parts);
  const usage = new UsageToday(context.globalState, context.globalStorageUri.fsPath, log);
  const active = new ActiveConnection(context.workspaceState, list, index, usage);
  const parts = createLazyParts({
    dist,
    storage: context.globalStorageUri.fsPath,
    log: (line) => log.info(line),
    models: async () => (await firstUse()).configuredModels(secrets, (sent) => usage.add(sent)),
    indexSetup: async () => (await firstUse()).configuredIndex(secrets),
    documentFolders: (signal) => documentFolders(signal),
    onIndexState: (id, state) => index.tell(id, state),
    verified: (id) => verifiedSurface.questions(id),
    history: (id) => history.examples(id),
    profiles: list,
    glossary: async ({ name }, signal) => (await glossaries()).of(name, signal),
    onConnectionChange: (id) => {
      explorer.refresh();
      active.show();
      index.update(id);
      if (connections.current(id) !== undefined) documents.start();
      verifiedSurface.connectionChanged();
      glossary.refresh();
    },
  });
  let files: Promise<GlossaryFiles> | undefined;
  const glossaries = (): Promise<GlossaryFiles> =>
    (files ??= firstUse().then(({ GlossaryFiles: made }) => new made(join(dist, 'glossaryWorker.cjs'))));
  const documentFolders = async (signal: AbortSignal) =>
    (await firstUse()).documentFolders(await glossaries(), signal);
  const documents = new DocumentSurface({
    refresh: parts.refreshDocuments,
    folders: documentFolders,
    onChange: () => index.updateAll(),
    log,
  });
  const { answers, connections, parser, verified } = parts;
  const transactions = new Transactions(connections, list, log);
  const explorer = new SchemaExplorer(list, connections, index, log);
  const traces = new TraceDocument(log, (id) => connections.current(id)?.profile ?? list.find(id)?.profile);
  const history = new History(context.globalStorageUri.fsPath, log, (id) => index.update(id));
  let surface: Promise<AskSurface> | undefined;
  const ask = (): Promise<AskSurface> =>
    (surface ??= firstUse().then(({ createAskSurface }) =>
      createAskSurface(
        { answers, connections, active, transactions, traces, history, verified, log },
        context,
      ),
    ));
  const verifiedSurface = new VerifiedSurface({
    ...{ context, list, index, ask, log },
    active: () => active,
    parts: () => parts,
  });
  const generate = createSqlGeneration({ answers, connections, active, traces, history });
  const glossary = new GlossarySurface({
    ...{ files: glossaries, active, list, connections, log },
    onDidChange: () => index.updateAll(),
  });
  const language = new SqlLanguage(join(dist, 'languageServer.cjs'), log);
  context.subscriptions.push(
    log,
    list,
    active,
    usage,
    index,
    documents,
    explorer,
    glossary,
    traces,
    verifiedSurface,
    history,
    new HistoryView({ history, traces, ask, log }),
    registerCommand(commands.ask, log, async (argument) => (await ask()).askCommand(argument)),
    registerCommand(commands.askFollowUp, log, async (argument) => (await ask()).followUpCommand(argument)),
    new InlineSql(ask, generate, log),
    registerCommand(commands.runScript, log, async (...args) => {
      const { runScript } = await firstUse();
      return runScript({ ask: await ask(), connections, active, log }, args);
    }),
    registerCommand(commands.runAsWrite, log, async (uri, offset, options) => {
      const surface = await ask();
      const takeView = surface.takeView.bind(surface);
      const parametersFor = surface.parametersFor.bind(surface);
      const parts = { transactions, active, parser, parametersFor, takeView, log };
      return (await firstUse()).runAsWrite(parts, uri, offset, options);
    }),
    transactions,
    new TransactionStatus(transactions, active),
    ...registerTransactionCommands({ transactions, active, log }),
    registerCommand(commands.exportResult, log, async (argument) => {
      const { exportResult } = await import('./editor/exportResult.ts');
      return exportResult(await ask(), connections, log, argument);
    }),
    ...registerStatementHelp({ help: parts.help, connections, active, traces, log }),
    ...registerExplainCommands(ask, { answers, connections, active, transactions, log }),
    registerCommand(commands.copySelectionAs, log, async (argument) => {
      const { copySelectionAs } = await firstUse();
      return copySelectionAs((await ask()).panel, argument);
    }),
    language,
    ...registerConnectionCommands({
      list,
      active,
      secrets,
      connections,
      transactions,
      answers,
      index,
      explorer,
      log,
    }),
    registerCommand(commands.chooseModel, log, async () => {
      const id = active.id ?? '';
      const profile = connections.current(id)?.profile ?? list.find(id)?.profile;
      return (await firstUse()).chooseModel(secrets, profile?.aiPolicy);
    }),
    registerCommand(commands.pullModel, log, async (name) => (await firstUse()).pullModel(name)),
    registerCommand(commands.setApiKey, log, async () => (await firstUse()).enterKey(secrets)),
    registerCommand(commands.setStoreCredentials, log, async () =>
      (await firstUse()).enterStoreCredentials(secrets),
    ),
    registerCommand(commands.openGlossary, log, async () => (await firstUse()).openGlossary()),
    registerCommand(commands.showLog, log, () => log.show()),
    list.onDidChange(() => active.show()),
    index.onDidChangeRow(() => explorer.refresh()),
    index.onDidChange(() => active.show()),
    usage.onDidChange(() => active.show()),
    ...followSettings(list, connections, transactions),
  );
  endings.push(async () => {
    await Promise.all([parts.dispose(), language.stop(), surface?.then((made) => made.dispose())]);
  });
  if (opensSampleOnStartup()) void vscode.commands.executeCommand(commands.openSample);
}

/** Ends every process and connection; VS Code waits for it. */
export async function deactivate(): Promise<void> {
  await Promise.all(endings.splice(0).map((end) => end()));
}
