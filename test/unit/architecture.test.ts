import assert from 'node:assert/strict';
import { faultsOf, floors, roomOf } from './architecture/floors.ts';
import {
  importsOf,
  packageOf,
  reachable,
  readSources,
  staticallyReachable,
  targetOf,
  type Sources,
} from './architecture/imports.ts';

const sources = readSources('src/**/*.ts', 'webview-ui/**/*.ts');

/** A file that may exist in a room, to plant faults in and to point them at. */
function fileIn(room: string): string {
  if (room === 'webview-ui') return 'webview-ui/planted.ts';
  return room.endsWith('.ts') ? `src/${room}` : `src/${room}/planted.ts`;
}

/** A specifier from one file to another. */
function pathBetween(from: string, to: string): string {
  return `${'../'.repeat(from.split('/').length - 1) || './'}${to}`;
}

/** Every way to name a module, with its specifier left open. */
const forms: readonly ((specifier: string) => string)[] = [
  (to) => `import { a } from '${to}';`,
  (to) => `import '${to}';`,
  (to) => `import a, { b as c } from "${to}";`,
  (to) => `import {\n  a,\n  b, // why\n  type C,\n} from '${to}';`,
  (to) => `import * as a from '${to}';`,
  (to) => `import type { A } from '${to}';`,
  (to) => `import type * as a from '${to}';`,
  (to) => `import { type A } from '${to}';`,
  (to) => `export { a } from '${to}';`,
  (to) => `export * from '${to}';`,
  (to) => `export type { A } from '${to}';`,
  (to) => `const a = await import('${to}');`,
  (to) => `const { b } = await import(/* lazily */\n  "${to}"\n);`,
  (to) => `type A = import('${to}').A;`,
  (to) => `const a = require('${to}');`,
  (to) => `import a = require('${to}');`,
  (to) => `const a = require.resolve("${to}");`,
  (to) => `/** about */ import /* odd */ { a } /* places */ from /* here */ '${to}';`,
];

/** Packages that some floor has, and some that none has. */
const packages = [
  ...new Set([...Object.values(floors).flatMap((floor) => floor.packages), 'node:fs', 'react', '@scope/any']),
].filter((name) => name !== 'node:*');

describe('architecture', () => {
  it('has a floor for every room, and no floor without a room', () => {
    assert.deepEqual([...new Set([...sources.keys()].map(roomOf))].sort(), Object.keys(floors).sort());
  });

  it('lets every file import only what its floor has', () => {
    assert.deepEqual(
      [...sources].flatMap(([path, text]) => faultsOf(path, text)),
      [],
    );
  });

  it('needs every entry of the table that names a single file', () => {
    const needed = new Set(
      [...sources].flatMap(([path, text]) =>
        importsOf(text).map(({ specifier }) => `${roomOf(path)} → ${targetOf(path, specifier ?? '') ?? ''}`),
      ),
    );
    // What issue 2 leaves to later ones: completion will look into the catalog.
    const ahead = [
      'language → src/database/catalog.ts',
      'language → src/database/catalogLookup.ts',
      'language → src/database/guard.ts',
      'language → src/database/textPositions.ts',
    ];
    const named = Object.entries(floors).flatMap(([room, { rooms }]) =>
      rooms.filter((each) => each.includes('/')).map((file) => `${room} → src/${file}`),
    );
    assert.deepEqual(
      named.filter((entry) => !needed.has(entry) && !ahead.includes(entry)),
      [],
    );
  });

  for (const [room, floor] of Object.entries(floors)) {
    describe(`planted in ${room}`, () => {
      const from = fileIn(room);
      const others = Object.keys(floors).filter((other) => other !== room);
      for (const other of others.filter((each) => !floor.rooms.includes(each))) {
        it(`an import of ${other} is caught in every form`, () => {
          for (const form of forms) {
            const text = form(pathBetween(from, fileIn(other)));
            assert.equal(faultsOf(from, text).length, 1, text);
          }
        });
      }
      const allows = (name: string): boolean =>
        floor.packages.includes(name) || (name.startsWith('node:') && floor.packages.includes('node:*'));
      it('an import of a foreign package is caught in every form', () => {
        for (const name of packages.filter((each) => !allows(each))) {
          for (const specifier of [name, `${name}/deep.js`]) {
            for (const form of forms) {
              assert.equal(faultsOf(from, form(specifier)).length, 1, form(specifier));
            }
          }
        }
      });
      it('an import that the floor has passes in every form', () => {
        const paths = [
          ...floor.rooms.map((each) => pathBetween(from, each.includes('/') ? `src/${each}` : fileIn(each))),
        ];
        for (const specifier of [...paths, ...packages.filter(allows)]) {
          for (const form of forms) assert.deepEqual(faultsOf(from, form(specifier)), [], form(specifier));
        }
      });
      it('an import whose name is computed is caught', () => {
        for (const text of ['await import(name)', 'require(`./${name}`)', "import('./' + name)"]) {
          assert.equal(faultsOf(from, text).length, 1, text);
        }
      });
    });
  }

  it('reads what is imported, and only that', () => {
    const text = `import type from 'a'; import type, { b } from 'b'; export const from = 'c'; export type D = 'd';
      important('e'); x.import = 'f'; const exported = "from 'g'"; export { h }; import.meta.url;`;
    assert.deepEqual(
      importsOf(text).map(({ form, specifier }) => `${form} ${specifier ?? ''}`),
      ['static a', 'static b'],
    );
    assert.deepEqual(['zod/mini', '@a/b/c.js', 'node:fs/promises', 'pg'].map(packageOf), [
      'zod',
      '@a/b',
      'node:fs',
      'pg',
    ]);
  });
});

/** Rules on the text of the sources, each with the files that it does not bind. */
const invariants: readonly {
  rule: string;
  pattern: RegExp;
  except: readonly string[];
  planted: readonly string[];
}[] = [
  {
    rule: 'only the guard makes ReadOnlySql',
    pattern:
      /new\s+ReadOnlySql|\bas\s+(?:unknown\s+as\s+)?(?:Readonly<)?ReadOnlySql\b|<ReadOnlySql>\s*[\w({[]|extends\s+ReadOnlySql|ReadOnlySql\.prototype|(?:create|construct)\(\s*ReadOnlySql/,
    except: ['src/database/guard.ts'],
    planted: [
      "new ReadOnlySql('x', 'rows')",
      'x as ReadOnlySql',
      'x as unknown as ReadOnlySql;',
      'Object.create(ReadOnlySql.prototype)',
      'Reflect.construct(ReadOnlySql, [])',
      'class Mine extends ReadOnlySql {}',
      'f(<ReadOnlySql>x)',
    ],
  },
  {
    rule: 'only the write door makes WriteSql',
    pattern:
      /new\s+WriteSql|\bas\s+(?:unknown\s+as\s+)?(?:Readonly<)?WriteSql\b|<WriteSql>\s*[\w({[]|extends\s+WriteSql|WriteSql\.prototype|(?:create|construct)\(\s*WriteSql/,
    except: ['src/database/writeDoor.ts'],
    planted: [
      "new WriteSql('x')",
      'x as WriteSql',
      'x as unknown as WriteSql;',
      'class Mine extends WriteSql {}',
    ],
  },
  {
    rule: 'only the command that shows the SQL to the user reads a text as one that may write',
    pattern: /fromSeenText/,
    except: ['src/database/writeDoor.ts', 'src/editor/seenStatements.ts'],
    planted: ['WriteSql.fromSeenText(parser, sql)'],
  },
  {
    // esbuild's CommonJS bundles have neither where they had them in the source: paths are handed in by the roots.
    rule: 'only the entry of a child process knows where its file lies',
    pattern: /import\.meta|\b__(?:dirname|filename)\b|createRequire/,
    except: ['src/rag/worker.ts', 'src/sample/server.ts', 'src/language/server.ts'],
    planted: ['import.meta.dirname', 'join(__dirname, "x")', 'createRequire(x)'],
  },
  {
    rule: 'nothing shares a mutable variable of its module',
    pattern: /^(?:export\s+)?(?:let|var)\s/m,
    except: [],
    planted: ['let count = 0;', 'export let x;'],
  },
];

describe('invariants of the sources', () => {
  for (const { rule, pattern, except, planted } of invariants) {
    it(rule, () => {
      const offenders = [...sources].filter(([path, text]) => !except.includes(path) && pattern.test(text));
      assert.deepEqual(
        offenders.map(([path]) => path),
        [],
      );
      for (const text of planted) assert.match(text, pattern);
    });
  }

  it('has no way from a question to the write door', () => {
    const rooms = ['query', 'rag', 'models', 'language', 'sample', 'answers.ts', 'headless.ts'];
    const behindTheDoor = ['src/database/writeDoor.ts', 'src/database/userTransaction.ts'];
    const ways = (files: Sources): string[] =>
      [...files.keys()]
        .filter((path) => rooms.includes(roomOf(path)))
        .flatMap((path) => {
          const reached = reachable(files, path);
          return behindTheDoor.filter((door) => reached.has(door)).map((door) => `${path} → ${door}`);
        });
    assert.ok(behindTheDoor.every((door) => sources.has(door)));
    assert.deepEqual(ways(sources), []);
    for (const form of [
      "import type { WriteSql } from './writeDoor.ts';",
      "await import('./writeDoor.ts');",
    ]) {
      const planted = new Map([...sources, ['src/database/parse.ts', form]]);
      assert.ok(ways(planted).includes('src/query/propose.ts → src/database/writeDoor.ts'), form);
    }
  });

  it('names each SDK in one or two files', () => {
    const sdks = [
      'pg',
      'openai',
      'ollama',
      '@lancedb/lancedb',
      'slickgrid',
      'vscode-languageclient',
      'libpg-query',
    ];
    for (const sdk of sdks) {
      const files = [...sources].filter(([, text]) =>
        importsOf(text).some(({ form, specifier }) => form !== 'type' && packageOf(specifier ?? '') === sdk),
      );
      const most = sdk === 'slickgrid' ? 4 : 2; // the grid is several files, all of them the grid's
      assert.ok(
        files.length >= 1 && files.length <= most,
        `${sdk}: ${files.map(([path]) => path).join(', ')}`,
      );
    }
  });

  it('loads nothing of Node in the webview', () => {
    const reached = [...staticallyReachable(sources, 'webview-ui/main.ts')];
    const node = reached.flatMap((path) =>
      importsOf(sources.get(path) ?? '').filter(({ specifier }) => /^node:|\/node$/.test(specifier ?? '')),
    );
    assert.ok(reached.includes('src/shared/rpc.ts'));
    assert.deepEqual(node, []);
  });
});

/** Packages that cost more to load than activation may take. */
const heavy: ReadonlySet<string> = new Set([
  'pg',
  'pg-cursor',
  'openai',
  'ollama',
  '@lancedb/lancedb',
  'apache-arrow',
  'libpg-query',
  '@electric-sql/pglite',
  '@electric-sql/pglite-socket',
  'vscode-languageclient',
  'vscode-languageserver',
  'sql-formatter',
  'ssh2',
  'hyparquet-writer',
  'yazl',
]);

/** Heavy packages that are loaded with `entry`. */
function loadedWith(entry: string, files: Sources): string[] {
  return [...staticallyReachable(files, entry)].flatMap((path) =>
    importsOf(files.get(path) ?? '')
      .filter(({ form, specifier }) => form === 'static' && heavy.has(packageOf(specifier ?? '')))
      .map(({ specifier }) => `${path}: ${specifier ?? ''}`),
  );
}

describe('activation', () => {
  it('loads no heavy package', () => {
    assert.ok(staticallyReachable(sources, 'src/headless.ts').has('src/database/connect.ts'));
    assert.deepEqual(loadedWith('src/extension.ts', sources), []);
    assert.deepEqual(loadedWith('src/headless.ts', sources), []);
  });

  it('would be seen to, at any depth', () => {
    const planted: Sources = new Map([
      ['src/extension.ts', "import { b } from './b.ts';"],
      ['src/b.ts', "export * from './c/d.ts'; import type { E } from './e.ts'; void import('./f.ts');"],
      ['src/c/d.ts', "import '../b.ts'; import pg from 'pg'; import type { Ollama } from 'ollama';"],
      ['src/e.ts', "import openai from 'openai';"],
      ['src/f.ts', "import '@lancedb/lancedb';"],
    ]);
    assert.deepEqual(loadedWith('src/extension.ts', planted), ['src/c/d.ts: pg']);
  });
});
