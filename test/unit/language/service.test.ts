/** When documents are checked and what of it is published. The parser is real; publishing is recorded. */
import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from 'vscode-languageserver';
import { loadParser } from '../../../src/database/parse.ts';
import { LanguageService } from '../../../src/language/service.ts';

interface Published {
  readonly uri: string;
  readonly version: number;
  readonly diagnostics: Diagnostic[];
}

class Recorder {
  readonly published: Published[] = [];
  readonly lines: string[] = [];
  readonly #events = new EventEmitter();
  service = this.serviceWith(() => loadParser());

  serviceWith(load: typeof loadParser): LanguageService {
    return new LanguageService({
      loadParser: () => load(),
      publish: (uri, version, diagnostics) => {
        this.published.push({ uri, version, diagnostics });
        this.#events.emit('published');
      },
      log: (line) => {
        this.lines.push(line);
        this.#events.emit('logged');
      },
      delayMs: 1,
    });
  }

  async next(event: 'published' | 'logged'): Promise<void> {
    await once(this.#events, event);
  }
}

const document = (text: string, uri = 'file:///a.sql', language = 'sql'): TextDocument =>
  TextDocument.create(uri, language, 1, text);

describe('the language service', () => {
  let recorder: Recorder;
  beforeEach(() => {
    recorder = new Recorder();
  });
  afterEach(() => recorder.service.dispose());

  it('publishes LSP ranges with the version they are true of', async () => {
    recorder.service.changed(document("select '😀';\r\n  selec 1"));
    await recorder.next('published');
    const range = { start: { line: 1, character: 2 }, end: { line: 1, character: 7 } };
    assert.deepEqual(recorder.published, [
      {
        uri: 'file:///a.sql',
        version: 1,
        diagnostics: [{ range, severity: 1, source: 'Khipu', message: 'syntax error at or near "selec"' }],
      },
    ]);
  });

  it('publishes only the last of several changes in a row', async () => {
    const changing = document('selec');
    recorder.service.changed(changing);
    for (let version = 2; version <= 5; version++) {
      recorder.service.changed(TextDocument.update(changing, [{ text: `select ${version}` }], version));
    }
    await recorder.next('published');
    assert.deepEqual(recorder.published, [{ uri: 'file:///a.sql', version: 5, diagnostics: [] }]);
  });

  it('says nothing of a version that is no longer there when its check ends', async () => {
    const changing = document('selec');
    // The document moves on while it is checked, and the news of it has not come yet.
    recorder.service = recorder.serviceWith((limit) => {
      TextDocument.update(changing, [{ text: '' }], 2);
      return loadParser(limit);
    });
    recorder.service.changed(changing);
    recorder.service.changed(document('selec', 'untitled:Untitled-1'));
    await recorder.next('published');
    assert.deepEqual(
      recorder.published.map(({ uri }) => uri),
      ['untitled:Untitled-1'],
    );
  });

  it('says nothing more of a document that was closed before its check', async () => {
    recorder.service.changed(document('selec'));
    recorder.service.closed(document('selec'));
    recorder.service.changed(document('selec', 'untitled:Untitled-1'));
    await recorder.next('published');
    assert.deepEqual(
      recorder.published.map(({ uri, diagnostics }) => [uri, diagnostics.length]),
      [
        ['file:///a.sql', 0],
        ['untitled:Untitled-1', 1],
      ],
    );
  });

  it('takes back what it said of a document that is closed', async () => {
    const closing = document('selec');
    recorder.service.changed(closing);
    await recorder.next('published');
    recorder.service.closed(closing);
    assert.deepEqual(
      recorder.published.map(({ diagnostics }) => diagnostics.length),
      [1, 0],
    );
  });

  it('looks at .sql files and unsaved SQL only', async () => {
    for (const [uri, language] of [
      ['git:/a.sql', 'sql'],
      ['vscode-notebook-cell:/a.sql', 'sql'],
      ['file:///a.txt', 'sql'],
      ['untitled:Untitled-2', 'plaintext'],
    ] as const) {
      recorder.service.changed(document('selec', uri, language));
      recorder.service.closed(document('selec', uri, language));
    }
    recorder.service.changed(document('selec', 'file:///B.SQL', 'pgsql'));
    await recorder.next('published');
    assert.deepEqual(
      recorder.published.map(({ uri }) => uri),
      ['file:///B.SQL'],
    );
  });

  it('logs a grammar that cannot be loaded, and tries again with the next change', async () => {
    let attempts = 0;
    recorder.service = recorder.serviceWith((limit) => {
      attempts++;
      return attempts === 1 ? Promise.reject(new Error('no such file: libpg-query.wasm')) : loadParser(limit);
    });
    const opened = document('selec');
    recorder.service.changed(opened);
    await recorder.next('logged');
    assert.deepEqual(recorder.lines, [
      'The syntax of file:///a.sql could not be checked: no such file: libpg-query.wasm',
    ]);
    recorder.service.changed(opened);
    await recorder.next('published');
    assert.equal(recorder.published[0]?.diagnostics.length, 1);
  });
});
