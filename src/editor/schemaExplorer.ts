/** The tree in the sidebar: connections → schemas → relations and functions → columns, each level made when it is opened. */
import * as vscode from 'vscode';
import { sampleProfileId } from '../sample/profileId.ts';
import { toKhipuError } from '../shared/errors.ts';
import { connectionNodeLook } from './connectionEntryLook.ts';
import type { ConnectionEntry, ConnectionList } from './connectionList.ts';
import { commands, treeContext, views } from './contributions.ts';
import type { IndexSurface } from './indexSurface.ts';
import type { LazyConnections } from './lazyParts.ts';
import { logProblem } from './report.ts';
import { nodeLook, type NodeLook } from './schemaNodeLook.ts';
import { schemaNodeChildren, schemaNodes, type SchemaNode } from './schemaTree.ts';

/** A node of the tree. `connectionId` is what commands in its menu work on. */
export type ExplorerNode = { readonly connectionId: string } & (
  | { readonly kind: 'connection'; readonly entry: ConnectionEntry }
  | SchemaNode
  | { readonly kind: 'problem'; readonly what: string; readonly next: string }
  | { readonly kind: 'nothing' }
);

export class SchemaExplorer implements vscode.TreeDataProvider<ExplorerNode>, vscode.Disposable {
  readonly #list: ConnectionList;
  readonly #connections: LazyConnections;
  readonly #index: IndexSurface;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<ExplorerNode>;
  readonly #disposables: vscode.Disposable[];
  /** What kept a connection from connecting; it is not tried again until the user says so. */
  readonly #problems = new Map<string, ExplorerNode>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    list: ConnectionList,
    connections: LazyConnections,
    index: IndexSurface,
    log: vscode.LogOutputChannel,
  ) {
    this.#list = list;
    this.#connections = connections;
    this.#index = index;
    this.#log = log;
    this.#view = vscode.window.createTreeView(views.connections, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    const onListChange = (): void => {
      this.#problems.clear();
      this.refresh();
    };
    this.#disposables = [this.#changed, list.onDidChange(onListChange), this.#view];
  }

  /** Draws the tree anew; what is open stays open. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Shows a connection in the sidebar and opens it down to its schemas' contents. */
  async reveal(connectionId: string): Promise<void> {
    const entry = this.#list.entries().find(({ id }) => id === connectionId);
    if (entry === undefined) return;
    const reveal = async (): Promise<void> =>
      this.#view.reveal({ kind: 'connection', connectionId, entry }, { expand: 2, select: true });
    try {
      // VS Code loses sight of the node when the tree is drawn anew at the same time; the second look finds it.
      await reveal().catch(reveal);
    } catch (error) {
      this.#log.warn(`The tree could not show ${entry.name}: ${String(error)}`);
    }
  }

  /** Only connections are revealed, and they stand at the root. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: ExplorerNode): vscode.TreeItem {
    return treeItem(node, this.#connections, this.#index);
  }

  async getChildren(node?: ExplorerNode): Promise<ExplorerNode[]> {
    if (node === undefined) {
      return this.#list.entries().map((entry) => ({ kind: 'connection', connectionId: entry.id, entry }));
    }
    switch (node.kind) {
      case 'connection':
        return this.#schemas(node.connectionId);
      case 'problem':
      case 'nothing':
        return [];
      default:
        return owned(node.connectionId, schemaNodeChildren(node));
    }
  }

  async #schemas(connectionId: string): Promise<ExplorerNode[]> {
    // A failure draws the tree anew, which asks for these children again: without this, for ever.
    const known = this.#problems.get(connectionId);
    if (known !== undefined && this.#connections.current(connectionId) === undefined) return [known];
    try {
      const connected = await this.#connections.connect(connectionId, new AbortController().signal);
      this.#problems.delete(connectionId);
      const nodes = owned(connectionId, schemaNodes(connected.catalog));
      return nodes.length === 0 ? [{ kind: 'nothing', connectionId }] : nodes;
    } catch (thrown) {
      const { what, next } = logProblem(toKhipuError(thrown), this.#log);
      const problem: ExplorerNode = { kind: 'problem', connectionId, what, next };
      this.#problems.set(connectionId, problem);
      return [problem];
    }
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function owned(connectionId: string, nodes: readonly SchemaNode[]): ExplorerNode[] {
  return nodes.map((node) => ({ ...node, connectionId }));
}

function treeItem(node: ExplorerNode, connections: LazyConnections, index: IndexSurface): vscode.TreeItem {
  switch (node.kind) {
    case 'connection':
      return connectionItem(node.entry, connections, index);
    case 'problem': {
      const problem = item(node.what, 'error', { tooltip: lines([node.what, node.next]) });
      problem.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
      problem.command = { command: commands.refresh, title: 'Try Again', arguments: [node] };
      return problem;
    }
    case 'nothing':
      return item('No tables yet', 'info', { tooltip: 'No table, view or function that this user may see.' });
    default: {
      const look = nodeLook(node);
      return item(look.label, look.icon, look);
    }
  }
}

function connectionItem(
  entry: ConnectionEntry,
  connections: LazyConnections,
  index: IndexSurface,
): vscode.TreeItem {
  const connected = connections.current(entry.id) !== undefined;
  const isSample = entry.id === sampleProfileId;
  const look = connectionNodeLook(entry, isSample ? 'beaker' : 'database', connected, index.look(entry.id));
  const shown = item(entry.name, look.icon, { ...look, children: true });
  if (look.colour !== undefined)
    shown.iconPath = new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(`charts.${look.colour}`));
  // Another id is another item to VS Code: one that was open closes when its connection ends, or it would connect again.
  shown.id = connected ? entry.id : `${entry.id} (disconnected)`;
  if (connected) shown.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  if (isSample) shown.contextValue = connected ? treeContext.sampleConnected : treeContext.sampleDisconnected;
  else shown.contextValue = connected ? treeContext.connected : treeContext.disconnected;
  return shown;
}

function item(
  label: string,
  icon: string,
  { description, tooltip, children = false }: Omit<NodeLook, 'label' | 'icon'>,
): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const made = new vscode.TreeItem(label, children ? Collapsed : None);
  made.iconPath = new vscode.ThemeIcon(icon);
  if (description !== undefined) made.description = description;
  if (tooltip !== undefined) made.tooltip = tooltip;
  // Screen readers would be told the tooltip alone.
  made.accessibilityInformation = { label: description === undefined ? label : `${label}, ${description}` };
  return made;
}

function lines(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}
