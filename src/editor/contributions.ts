/** The typed ids of everything that package.json contributes; a test holds the two against each other. */

export const commands = {
  ask: 'khipu.ask',
  askFollowUp: 'khipu.askFollowUp',
  askComment: 'khipu.askComment',
  generateSql: 'khipu.generateSql',
  runStatement: 'khipu.runStatement',
  runScript: 'khipu.runScript',
  runAsWrite: 'khipu.runAsWrite',
  beginTransaction: 'khipu.beginTransaction',
  commit: 'khipu.commit',
  rollBack: 'khipu.rollBack',
  endTransaction: 'khipu.endTransaction',
  addConnection: 'khipu.addConnection',
  editConnection: 'khipu.editConnection',
  duplicateConnection: 'khipu.duplicateConnection',
  moveConnection: 'khipu.moveConnection',
  exportConnections: 'khipu.exportConnections',
  importConnections: 'khipu.importConnections',
  removeConnection: 'khipu.removeConnection',
  enterPassword: 'khipu.enterPassword',
  chooseConnection: 'khipu.chooseConnection',
  connect: 'khipu.connect',
  disconnect: 'khipu.disconnect',
  refresh: 'khipu.refresh',
  rebuildIndex: 'khipu.rebuildIndex',
  openSample: 'khipu.openSample',
  chooseModel: 'khipu.chooseModel',
  pullModel: 'khipu.pullModel',
  setApiKey: 'khipu.setApiKey',
  setStoreCredentials: 'khipu.setStoreCredentials',
  exportResult: 'khipu.exportResult',
  explain: 'khipu.explain',
  explainAnalyze: 'khipu.explainAnalyze',
  openPlan: 'khipu.openPlan',
  copySelectionAs: 'khipu.copySelectionAs',
  openGlossary: 'khipu.openGlossary',
  markVerified: 'khipu.markVerified',
  runVerified: 'khipu.runVerified',
  searchHistory: 'khipu.searchHistory',
  historyRun: 'khipu.historyRun',
  historyEdit: 'khipu.historyEdit',
  historyOpen: 'khipu.historyOpen',
  historyCopySql: 'khipu.historyCopySql',
  historyCopyQuestion: 'khipu.historyCopyQuestion',
  historyVerify: 'khipu.historyVerify',
  historyDelete: 'khipu.historyDelete',
  historyClear: 'khipu.historyClear',
  historyFilter: 'khipu.historyFilter',
  historyClearFilter: 'khipu.historyClearFilter',
  historyMore: 'khipu.historyMore',
  historySwitchOn: 'khipu.historySwitchOn',
  showSent: 'khipu.showSent',
  showLog: 'khipu.showLog',
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

export const views = { connections: 'khipu.connections', history: 'khipu.history' } as const;

export const settings = {
  connections: 'khipu.connections',
  modelProvider: 'khipu.model.provider',
  modelName: 'khipu.model.name',
  modelBaseUrl: 'khipu.model.baseUrl',
  modelFallback: 'khipu.model.fallback',
  ollamaBaseUrl: 'khipu.ollama.baseUrl',
  ragEmbedder: 'khipu.rag.embedder',
  ragUri: 'khipu.rag.uri',
  ragStorageOptions: 'khipu.rag.storageOptions',
  documentFolders: 'khipu.documents.folders',
  askCostLimit: 'khipu.ask.costLimit',
  historyEnabled: 'khipu.history.enabled',
  scriptOnError: 'khipu.script.onError',
  openSampleOnStartup: 'khipu.sample.openOnStartup',
} as const;

/** `contextValue`s of tree items, which package.json's `when` clauses match. */
export const treeContext = {
  connected: 'connection.connected',
  disconnected: 'connection.disconnected',
  sampleConnected: 'sample.connected',
  sampleDisconnected: 'sample.disconnected',
  day: 'day',
  /** A question without SQL; with `sent`, what was sent for it is still known. */
  bare: 'question.bare',
  bareSent: 'question.bare.sent',
  answered: 'question.answered',
  answeredSent: 'question.answered.sent',
  verified: 'question.verified',
  verifiedSent: 'question.verified.sent',
} as const;

/** Keys that package.json's `when` clauses ask for. */
export const contexts = {
  transactionOpen: 'khipu.transactionOpen',
  historyFiltered: 'khipu.historyFiltered',
} as const;
