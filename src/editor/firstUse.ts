/**
 * What activation does without: everything behind the first command that is used. The one file that is imported dynamically,
 * so that the bundler makes two pieces of Khipu's own code and not many.
 */
export { beginTransaction } from '../database/userTransaction.ts';
export { createParts } from '../parts.ts';
export { createAskSurface } from './askWithResults.ts';
export { copySelectionAs } from './copySelection.ts';
export { addConnection, editConnection } from './enterConnection.ts';
export { passwordFile } from './foundConnections.ts';
export { configuredIndex } from './indexSettings.ts';
export { chooseModel, enterKey } from './modelCommands.ts';
export { configuredModels } from './modelSettings.ts';
export { runAsWrite } from './runAsWrite.ts';
export { rebuildIndex } from './rebuildIndex.ts';
export { runScript } from './runScript.ts';
