/** The glossaries of the workspace's folders: read when they are asked for, again when they change, and made by a command. */
import * as vscode from 'vscode';
import { glossaryFor, type Glossary, type NamedGlossaryFile } from '../rag/glossary.ts';
import { createGlossaryReader, longestGlossary, unread, type ReadGlossary } from '../rag/glossaryReader.ts';
import type { GlossaryFile } from '../rag/glossaryFile.ts';
import { KhipuError } from '../shared/errors.ts';

/** Where a folder of the workspace has its glossary. */
export function glossaryUri(folder: vscode.WorkspaceFolder): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, '.khipu', 'khipu.yml');
}

/** What was read, and of which state of the file. */
interface Kept {
  readonly stamp: string;
  readonly file: GlossaryFile;
}

/** Asks the disk each time: a table that was hidden a moment ago is hidden now. */
export class GlossaryFiles {
  readonly #read: ReadGlossary;
  readonly #kept = new Map<string, Kept>();

  /** @param worker absolute path of the bundled `glossaryWorker.ts` */
  constructor(worker: string) {
    this.#read = createGlossaryReader(worker);
  }

  /**
   * What all of them say of a connection. Of a workspace that is not trusted only what it hides counts: the rest would speak to
   * the model.
   * @throws KhipuError `cancelled`
   */
  async of(connection: string, signal: AbortSignal): Promise<Glossary> {
    const glossary = glossaryFor(await this.files(signal), connection);
    return vscode.workspace.isTrusted ? glossary : { ...glossary, terms: [], metrics: [], joins: [] };
  }

  /** The files that there are, in the order of the folders. @throws KhipuError `cancelled` */
  async files(signal: AbortSignal): Promise<NamedGlossaryFile[]> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const found = await Promise.all(folders.map((folder) => this.#fileOf(glossaryUri(folder), signal)));
    return found.filter((file) => file !== undefined);
  }

  /** The folders of documents that they name, each with the folder of the workspace on the disk. @throws KhipuError `cancelled` */
  async documents(signal: AbortSignal): Promise<{ readonly root: string; readonly path: string }[]> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const named = folders.map(async (folder) => {
      const file = await this.#fileOf(glossaryUri(folder), signal);
      return (file?.content.documents ?? []).map((path) => ({ root: folder.uri.fsPath, path }));
    });
    return (await Promise.all(named)).flat();
  }

  /** Reads a text as a glossary. @throws KhipuError `cancelled` */
  read(text: string, signal: AbortSignal): Promise<GlossaryFile> {
    return this.#read(text, signal);
  }

  async #fileOf(uri: vscode.Uri, signal: AbortSignal): Promise<NamedGlossaryFile | undefined> {
    const path = vscode.workspace.asRelativePath(uri);
    try {
      const { mtime, size } = await vscode.workspace.fs.stat(uri);
      const stamp = `${mtime} ${size}`;
      const known = this.#kept.get(uri.toString());
      if (known?.stamp === stamp) return { ...known.file, path };
      const file = await this.#readFile(uri, size, signal);
      this.#kept.set(uri.toString(), { stamp, file });
      return { ...file, path };
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      if (thrown instanceof KhipuError) throw thrown;
      return {
        ...unread(`The file was not read: ${thrown instanceof Error ? thrown.message : 'unknown'}`),
        path,
      };
    }
  }

  /** A file in UTF-8 has no more than three bytes for each character that counts. */
  async #readFile(uri: vscode.Uri, size: number, signal: AbortSignal): Promise<GlossaryFile> {
    if (size > 3 * longestGlossary) return this.#read(' '.repeat(longestGlossary + 1), signal);
    return this.#read(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), signal);
  }
}

const template = `# What Khipu is told about your databases. Commit it: everyone who works here shares it.
# Words of a question that are named here bring their tables and meaning into the prompt. See docs/glossary.md of Khipu.
version: 1

# Words of your business, and what they mean.
terms:
#  - term: active customer
#    synonyms: [live customer, buyer]
#    means: A customer with an order in the last 90 days.
#    tables: [shop.customers, shop.orders.placed_at]

# Figures, and the SQL that computes them.
metrics:
#  - name: revenue
#    synonyms: [turnover]
#    sql: sum(quantity * unit_price)
#    tables: [shop.order_lines]
#    description: Without shipping; cancelled orders count.

# How tables are joined where no foreign key says it.
joins:
#  - from: shop.visits.email
#    to: shop.customers.email
#    note: Visitors without an account have no counterpart.

# Tables that no model is ever told of, by name or pattern.
hidden:
#  - hr.*
#  - "*.tmp_*"
`;

/**
 * Opens the glossary of a folder, which is made where there is none.
 * @throws KhipuError `invalid-input` without a folder; whatever the file system throws
 */
export async function openGlossary(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new KhipuError('invalid-input', 'The glossary is a file of the workspace, and no folder is open.', {
      hint: 'Open a folder first (File > Open Folder).',
    });
  }
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
  if (folder === undefined) return;
  const uri = glossaryUri(folder);
  if (!(await exists(uri))) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(template));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

/** @throws what the file system throws, for a file of which nothing is known may be there and must not be overwritten */
async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound';
}
