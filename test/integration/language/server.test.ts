/** The real language server in its own process, spoken to as an editor does. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  IPCMessageReader,
  IPCMessageWriter,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol/node';

const entry = fileURLToPath(new URL('../../../src/language/server.ts', import.meta.url));

/** A language client without an editor. */
class Client {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  readonly #connection: ProtocolConnection;
  readonly #published: PublishDiagnosticsParams[] = [];
  #arrived = Promise.withResolvers<undefined>();

  constructor() {
    this.child = fork(entry, ['--node-ipc'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
    });
    this.exited = once(this.child, 'exit');
    this.#connection = createProtocolConnection(
      new IPCMessageReader(this.child),
      new IPCMessageWriter(this.child),
    );
    this.#connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.#published.push(params);
      this.#arrived.resolve(undefined);
      this.#arrived = Promise.withResolvers<undefined>();
    });
    this.#connection.listen();
  }

  async initialize(): Promise<InitializeResult> {
    const result = await this.#connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- the protocol still demands it
      rootUri: null,
      capabilities: {},
    });
    await this.#connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  open(uri: string, text: string): Promise<void> {
    const textDocument = { uri, languageId: 'sql', version: 1, text };
    return this.#connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  change(uri: string, version: number, contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    const textDocument = { uri, version };
    return this.#connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument,
      contentChanges,
    });
  }

  close(uri: string): Promise<void> {
    return this.#connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri },
    });
  }

  /** The next diagnostics of a document, which are taken from the list. */
  async next(uri: string): Promise<PublishDiagnosticsParams> {
    for (;;) {
      const index = this.#published.findIndex((params) => params.uri === uri);
      if (index >= 0) return this.#published.splice(index, 1)[0]!;
      await this.#arrived.promise;
    }
  }

  async shutDown(): Promise<void> {
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification(ExitNotification.type);
  }

  async dispose(): Promise<void> {
    this.#connection.dispose();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

function told({ version, diagnostics }: PublishDiagnosticsParams): unknown[] {
  return [
    version,
    ...diagnostics.map(({ range: { start, end }, message }) => [
      `${start.line}:${start.character}-${end.line}:${end.character}`,
      message,
    ]),
  ];
}

describe('the language server', () => {
  const uri = 'file:///work/report.sql';
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.dispose());

  it('offers incremental synchronisation', async () => {
    const { capabilities } = await client.initialize();
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
  });

  it('places an error behind astral characters and a CRLF, and clears it when the text is mended', async () => {
    await client.initialize();
    await client.open(uri, "select '😀𝒳', e'\\n';\r\nselect '😀' as \"👍\", 1 frm orders x;\r\n");
    assert.deepEqual(told(await client.next(uri)), [1, ['1:27-1:33', 'syntax error at or near "orders"']]);
    const range = { start: { line: 1, character: 23 }, end: { line: 1, character: 26 } };
    await client.change(uri, 2, [{ range, text: 'from' }]);
    assert.deepEqual(told(await client.next(uri)), [2]);
  });

  it('reports each of two wrong statements', async () => {
    await client.initialize();
    await client.open(uri, 'selec 1;\n\\d orders\nselect 2;\nselect * from (;');
    assert.deepEqual(told(await client.next(uri)), [
      1,
      ['0:0-0:5', 'syntax error at or near "selec"'],
      ['3:14-3:15', 'syntax error at end of input'],
    ]);
  });

  it('publishes once for changes in a row, and takes all back when the document is closed', async () => {
    await client.initialize();
    await client.open(uri, 'selec');
    for (let version = 2; version <= 20; version++)
      await client.change(uri, version, [{ text: `selec ${version}` }]);
    assert.deepEqual(told(await client.next(uri)), [20, ['0:0-0:5', 'syntax error at or near "selec"']]);
    await client.close(uri);
    assert.deepEqual((await client.next(uri)).diagnostics, []);
  });

  it('lives through what no editor should send', async () => {
    await client.initialize();
    await client.change('file:///never-opened.sql', 1, [{ text: 'select' }]);
    await client.close('file:///never-opened.sql');
    await client.open(uri, '\0\ud800 \'"$$/*\\');
    assert.equal((await client.next(uri)).diagnostics.length, 1);
    const range = { start: { line: 99, character: 99 }, end: { line: 3, character: 0 } };
    await client.change(uri, 2, [{ range, text: '(' }]);
    assert.equal((await client.next(uri)).version, 2);
    await client.change(uri, 3, [{ text: `select a${' collate "C"'.repeat(20_000)}` }]);
    assert.equal((await client.next(uri)).diagnostics[0]?.severity, 3);
    await client.change(uri, 4, [{ text: `-- big\n${'select 1;'.repeat(120_000)}` }]);
    assert.deepEqual(told(await client.next(uri)), [
      4,
      ['0:0-0:6', 'Khipu does not check the syntax of files of more than 1 MB.'],
    ]);
    await client.change(uri, 5, [{ text: 'selec' }]);
    assert.equal((await client.next(uri)).diagnostics[0]?.message, 'syntax error at or near "selec"');
  });

  it('ends at shutdown and exit', async () => {
    await client.initialize();
    await client.shutDown();
    assert.deepEqual(await client.exited, [0, null]);
  });

  it('ends when the editor is gone without a word', async () => {
    await client.initialize();
    await client.open(uri, 'select 1');
    await client.next(uri);
    client.child.disconnect();
    assert.deepEqual(await client.exited, [0, null]);
  });
});
