/** The table of docs/architecture: which room may import what, as data, and the judge of one file. */
import { importsOf, packageOf, targetOf } from './imports.ts';

export interface Floor {
  /** Rooms whole (`shared`), or one file of a room (`database/catalog.ts`). A room may always import itself. */
  readonly rooms: readonly string[];
  /** Packages; `node:*` stands for every module of Node. */
  readonly packages: readonly string[];
}

const everyRoom = ['shared', 'database', 'models', 'rag', 'query', 'language', 'sample'];

/** By room; the files at the root of src are rows of their own, since they are the composition. */
export const floors: Readonly<Record<string, Floor>> = {
  // node: childProcess forks; what the webview loads of this room must not need Node, see the test.
  shared: { rooms: [], packages: ['zod', 'vscode-jsonrpc', 'node:child_process'] },
  database: {
    rooms: ['shared'],
    // zod: rows of the catalog and profiles are read through it at the border. The last two write export formats.
    packages: ['pg', 'pg-cursor', 'libpg-query', 'ssh2', 'zod', 'hyparquet-writer', 'yazl', 'node:*'],
  },
  models: { rooms: ['shared'], packages: ['openai', 'ollama', 'node:*'] },
  rag: {
    rooms: [
      'shared',
      'database/catalog.ts',
      'database/catalogLookup.ts',
      'database/statements.ts',
      'models/embedder.ts',
      'models/builtinEmbedder.ts',
      'models/wordSense.ts',
    ],
    // zod: what lies on disk is read through it. yaml: the glossary.
    packages: ['@lancedb/lancedb', 'apache-arrow', 'unpdf', 'yaml', 'zod', 'node:*'],
  },
  query: {
    rooms: [
      'shared',
      'database/catalog.ts',
      'database/catalogLookup.ts',
      'database/guard.ts',
      // Pure, too: the grammar, names and positions that grounding works with, and the policy's type.
      'database/parse.ts',
      'database/parameters.ts',
      'database/identifier.ts',
      'database/astNodes.ts',
      'database/textPositions.ts',
      // What of a text is a literal, for the report that holds none.
      'database/sqlTokens.ts',
      'database/profile.ts',
      // Pure: whether words tell of a hidden table.
      'rag/hiddenMention.ts',
      // What the guard refuses by name is not offered as a near name.
      'database/guardFunctions.ts',
      // Numbers and times as Postgres writes them.
      'database/decimal.ts',
      'database/temporalOrder.ts',
      // Interfaces only: who is asked, and who finds.
      'models/chatModel.ts',
      'models/fallback.ts',
      'rag/retrieval.ts',
      // Pure: what is known of a column's values, in words.
      'rag/profile.ts',
      // Pure, too: long loops that let others run.
      'rag/slices.ts',
      // Names in the glossary, for the check of them against the catalog.
      'rag/glossaryPlaces.ts',
      'rag/glossaryReferences.ts',
      'rag/hiddenTables.ts',
      'rag/hiddenMention.ts',
      // Whether two questions are one: a verified one that went stale is told of.
      'rag/sameQuestion.ts',
    ],
    packages: ['zod', 'node:crypto'],
  },
  language: {
    rooms: [
      'shared',
      'database/catalog.ts',
      'database/catalogLookup.ts',
      'database/guard.ts',
      'database/statements.ts',
      // Pure, too: the grammar and the lexer that statements are split with.
      'database/parse.ts',
      'database/parameters.ts',
      'database/sqlTokens.ts',
      'database/textPositions.ts',
    ],
    packages: ['vscode-languageserver', 'vscode-languageserver-textdocument', 'sql-formatter', 'node:timers'],
  },
  sample: { rooms: ['shared'], packages: ['@electric-sql/pglite', '@electric-sql/pglite-socket', 'node:*'] },
  editor: {
    rooms: [...everyRoom, 'answers.ts', 'statementHelp.ts', 'parts.ts'],
    // vscode-jsonrpc: the timers of Node for the peer that talks to the webview.
    packages: ['vscode', 'vscode-languageclient', 'vscode-jsonrpc', 'zod', 'node:*'],
  },
  'webview-ui': {
    rooms: ['shared'],
    packages: [
      'slickgrid',
      'postgres-array',
      'vega',
      'vega-lite',
      'vega-interpreter',
      '@vscode-elements/elements',
    ],
  },
  'answers.ts': { rooms: everyRoom, packages: ['node:*'] },
  'statementHelp.ts': { rooms: [...everyRoom, 'answers.ts'], packages: [] },
  'parts.ts': { rooms: [...everyRoom, 'answers.ts', 'statementHelp.ts'], packages: ['node:*'] },
  'headless.ts': { rooms: [...everyRoom, 'answers.ts', 'parts.ts'], packages: ['zod', 'node:*'] },
  'extension.ts': {
    rooms: [...everyRoom, 'editor', 'answers.ts', 'parts.ts'],
    packages: ['vscode', 'node:*'],
  },
};

/** `src/rag/card.ts` → `rag`, `src/parts.ts` → `parts.ts`, `webview-ui/grid.ts` → `webview-ui`. */
export function roomOf(path: string): string {
  const parts = path.split('/');
  return (parts[0] === 'src' ? parts[1] : parts[0]) ?? '';
}

/** The imports of one file that its floor does not have, each in words. */
export function faultsOf(path: string, text: string): string[] {
  const room = roomOf(path);
  const floor = floors[room];
  if (floor === undefined) return [`${path}: ${room} is not a room`];
  return importsOf(text).flatMap(({ form, specifier }) => {
    if (specifier === undefined) return [`${path}: a ${form} import whose name is computed`];
    const target = targetOf(path, specifier);
    const allowed =
      target === undefined ? packageIsAllowed(floor, specifier) : fileIsAllowed(floor, room, target);
    return allowed ? [] : [`${path}: ${form} import of ${specifier}`];
  });
}

function packageIsAllowed({ packages }: Floor, specifier: string): boolean {
  if (specifier.startsWith('node:') && packages.includes('node:*')) return true;
  return packages.includes(packageOf(specifier));
}

function fileIsAllowed({ rooms }: Floor, room: string, target: string): boolean {
  if (roomOf(target) === room) return true;
  return rooms.includes(roomOf(target)) || rooms.includes(target.replace(/^src\//, ''));
}
