/**
 * What activation does without: everything behind the first command that is used. The one file that is imported dynamically,
 * so that the bundler makes two pieces of Khipu's own code and not many.
 */
export { acceptedExamples } from '../rag/history.ts';
export { HistoryFile } from '../rag/historyFile.ts';
export { beginTransaction } from '../database/userTransaction.ts';
export { renderBugReport } from '../query/bugReport.ts';
export { createParts } from '../parts.ts';
export { createAskSurface } from './askWithResults.ts';
export { copySelectionAs } from './copySelection.ts';
export { documentFolders } from './documentSettings.ts';
export { Explain } from './explain.ts';
export { addConnection, duplicateConnection, editConnection } from './enterConnection.ts';
export { exportConnections } from './exportConnections.ts';
export { connectPrompts } from './connectPrompts.ts';
export { enterPassword } from './enterPassword.ts';
export { passwordFile } from './foundConnections.ts';
export { glossaryCompletions, glossaryDiagnostics } from './glossaryLanguage.ts';
export { GlossaryFiles, openGlossary } from './glossaryFiles.ts';
export { configuredIndex } from './indexSettings.ts';
export { importConnections } from './importConnections.ts';
export { enterKey } from './apiKeys.ts';
export { chooseModel } from './modelCommands.ts';
export { pullModel } from './pullModel.ts';
export { configuredModels } from './modelSettings.ts';
export { markVerified } from './markVerified.ts';
export { moveConnection } from './moveConnection.ts';
export { runAsWrite } from './runAsWrite.ts';
export { rebuildIndex } from './rebuildIndex.ts';
export { enterStoreCredentials } from './storeCredentials.ts';
export { UsageFile } from './usageFile.ts';
export { runScript } from './runScript.ts';
export {
  clearHistory,
  deleteFromHistory,
  editFromHistory,
  openFromHistory,
  runFromHistory,
  verifyFromHistory,
} from './historyActions.ts';
export { chooseHistoryFilter, filterWords } from './historyFilter.ts';
export { historyItem, historyRoots, pageSize } from './historyTree.ts';
export { StatementHelper } from './statementHelp.ts';
export { searchHistory } from './searchHistory.ts';
export { VerifiedBook } from './verifiedBook.ts';
export { VerifiedFlags } from './verifiedFlags.ts';
export { VerifiedTests } from './verifiedTests.ts';
