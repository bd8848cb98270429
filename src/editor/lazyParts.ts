/** The long-lived parts behind a door: their code is loaded when the first of them is used, and not at activation. */
import type { Answers } from '../answers.ts';
import type { Connections } from '../database/connections.ts';
import type { Parts, PartsOptions } from '../parts.ts';

/** What the editor does with connections. */
export type LazyConnections = Pick<Connections, 'current' | 'connect' | 'refresh' | 'disconnect'>;

export interface LazyParts extends Pick<Parts, 'answers' | 'help' | 'parser' | 'verified' | 'dispose'> {
  readonly connections: LazyConnections;
  /** Reads the documents that have changed. */
  refreshDocuments: Parts['documents']['refresh'];
  /** The settings of the index may have changed: the next update sees to it. */
  indexSetupChanged(): void;
}

/** Makes the door; `options` are those of the parts. */
export function createLazyParts(options: PartsOptions): LazyParts {
  let making: Promise<Parts> | undefined;
  let made: Parts | undefined;
  const make = async (): Promise<Parts> => {
    const { createParts } = await import('./firstUse.ts');
    return (made = createParts(options));
  };
  const parts = (): Promise<Parts> => (making ??= make());
  const answers: Answers = {
    ask: async (...args) => (await parts()).answers.ask(...args),
    proceed: async (...args) => (await parts()).answers.proceed(...args),
    generate: async (...args) => (await parts()).answers.generate(...args),
    run: async (...args) => (await parts()).answers.run(...args),
    explain: async (...args) => (await parts()).answers.explain(...args),
    checkVerified: async (...args) => (await parts()).answers.checkVerified(...args),
    index: async (...args) => (await parts()).answers.index(...args),
    rebuildIndex: async (...args) => (await parts()).answers.rebuildIndex(...args),
  };
  return {
    answers,
    help: async (...args) => (await parts()).help(...args),
    connections: {
      current: (id) => made?.connections.current(id),
      connect: async (...args) => (await parts()).connections.connect(...args),
      refresh: async (...args) => (await parts()).connections.refresh(...args),
      disconnect: async (...args) => (await making)?.connections.disconnect(...args),
    },
    parser: async () => (await parts()).parser(),
    refreshDocuments: async (...args) => (await parts()).documents.refresh(...args),
    indexSetupChanged: () => made?.knowledge.setupChanged(),
    verified: async (id) => (await parts()).verified(id),
    async dispose() {
      await (await making)?.dispose();
    },
  };
}
