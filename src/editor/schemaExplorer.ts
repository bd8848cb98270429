/** The tree in the sidebar: connections → schemas → relations and functions → columns, each level read when it is opened. */
import * as vscode from 'vscode';
import type { Catalog, Column, Relation, Routine } from '../database/catalog.ts';
import type { Connected, Connections } from '../database/connections.ts';
import { sampleProfileId } from '../parts.ts';
import { toKhipuError } from '../shared/errors.ts';
import type { ConnectionEntry, ConnectionList } from './connectionList.ts';
import { commands, treeContext, views } from './contributions.ts';
import { logProblem } from './report.ts';

/** A node of the tree. `connectionId` is what commands in its menu work on. */
export type ExplorerNode = { readonly connectionId: string } & (
  | { readonly kind: 'connection'; readonly entry: ConnectionEntry }
  | {
      readonly kind: 'schema';
      readonly catalog: Catalog;
      readonly name: string;
      readonly comment: string | undefined;
    }
  | { readonly kind: 'relation'; readonly catalog: Catalog; readonly relation: Relation }
  | { readonly kind: 'column'; readonly column: Column; readonly foreign: string | undefined }
  | { readonly kind: 'routine'; readonly routine: Routine }
  | { readonly kind: 'problem'; readonly what: string; readonly next: string }
);

export class SchemaExplorer implements vscode.TreeDataProvider<ExplorerNode>, vscode.Disposable {
  readonly #list: ConnectionList;
  readonly #connections: Connections;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #view: vscode.TreeView<ExplorerNode>;
  readonly #disposables: vscode.Disposable[];
  /** What kept a connection from connecting; it is not tried again until the user says so. */
  readonly #problems = new Map<string, ExplorerNode>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(list: ConnectionList, connections: Connections, log: vscode.LogOutputChannel) {
    this.#list = list;
    this.#connections = connections;
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
    await this.#view.reveal({ kind: 'connection', connectionId, entry }, { expand: 2, select: true });
  }

  /** Only connections are revealed, and they stand at the root. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: ExplorerNode): vscode.TreeItem {
    return treeItem(node, this.#connections);
  }

  async getChildren(node?: ExplorerNode): Promise<ExplorerNode[]> {
    if (node === undefined) {
      return this.#list.entries().map((entry) => ({ kind: 'connection', connectionId: entry.id, entry }));
    }
    switch (node.kind) {
      case 'connection':
        return this.#schemas(node.connectionId);
      case 'schema':
        return schemaChildren(node.connectionId, node.catalog, node.name);
      case 'relation':
        return relationChildren(node.connectionId, node.catalog, node.relation);
      default:
        return [];
    }
  }

  async #schemas(connectionId: string): Promise<ExplorerNode[]> {
    // A failure draws the tree anew, which asks for these children again: without this, for ever.
    const known = this.#problems.get(connectionId);
    if (known !== undefined && this.#connections.current(connectionId) === undefined) return [known];
    try {
      const connected = await this.#connections.connect(connectionId, new AbortController().signal);
      this.#problems.delete(connectionId);
      return schemaNodes(connectionId, connected);
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

function schemaNodes(connectionId: string, { catalog }: Connected): ExplorerNode[] {
  const used = catalog.schemas.filter(
    ({ name }) =>
      catalog.relations.some((relation) => relation.schema === name) ||
      catalog.routines.some((routine) => routine.schema === name),
  );
  return used.map(({ name, comment }) => ({ kind: 'schema', connectionId, catalog, name, comment }));
}

const kindOrder: readonly Relation['kind'][] = [
  'table',
  'partitioned',
  'foreign-table',
  'view',
  'materialized-view',
];

/** Tables before views before functions, each by name; a partition stands under the table that it is a part of. */
function schemaChildren(connectionId: string, catalog: Catalog, schema: string): ExplorerNode[] {
  const relations = catalog.relations.filter(
    (relation) => relation.schema === schema && relation.partitionOf === undefined,
  );
  const rank = (relation: Relation): number => {
    const order = kindOrder.indexOf(relation.kind);
    return relation.kind === 'partitioned' ? 0 : order;
  };
  relations.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const routines = catalog.routines.filter((routine) => routine.schema === schema);
  return [
    ...relations.map((relation): ExplorerNode => ({ kind: 'relation', connectionId, catalog, relation })),
    ...routines.map((routine): ExplorerNode => ({ kind: 'routine', connectionId, routine })),
  ];
}

function relationChildren(connectionId: string, catalog: Catalog, relation: Relation): ExplorerNode[] {
  const parts = catalog.relations.filter(
    (each) => each.partitionOf === `${relation.schema}.${relation.name}`,
  );
  return [
    ...relation.columns.map((column): ExplorerNode => {
      const key = relation.foreignKeys.find(({ columns }) => columns.includes(column.name));
      const foreign = key === undefined ? undefined : `${key.toSchema}.${key.toTable}`;
      return { kind: 'column', connectionId, column, foreign };
    }),
    ...parts.map((part): ExplorerNode => ({ kind: 'relation', connectionId, catalog, relation: part })),
  ];
}

function treeItem(node: ExplorerNode, connections: Connections): vscode.TreeItem {
  switch (node.kind) {
    case 'connection':
      return connectionItem(node.entry, connections);
    case 'schema':
      return item(node.name, 'symbol-namespace', { tooltip: node.comment, children: true });
    case 'relation':
      return relationItem(node.relation);
    case 'column':
      return columnItem(node.column, node.foreign);
    case 'routine': {
      const { name, arguments: args, result, comment, kind, volatility } = node.routine;
      const tooltip = [
        comment,
        `${kind} ${name}(${args})`,
        result === '' ? undefined : `returns ${result}`,
        volatility,
      ];
      return item(name, 'symbol-function', { description: `(${args})`, tooltip: lines(tooltip) });
    }
    case 'problem': {
      const problem = item(node.what, 'error', { tooltip: lines([node.what, node.next]) });
      problem.command = { command: commands.refresh, title: 'Try Again', arguments: [node] };
      return problem;
    }
  }
}

function connectionItem(entry: ConnectionEntry, connections: Connections): vscode.TreeItem {
  const connected = connections.current(entry.id) !== undefined;
  const isSample = entry.id === sampleProfileId;
  const shown = item(entry.name, isSample ? 'beaker' : 'database', {
    description: connected ? 'connected' : entry.where,
    tooltip: lines([entry.name, entry.where]),
    children: true,
  });
  // Another id is another item to VS Code: one that was open closes when its connection ends, or it would connect again.
  shown.id = connected ? entry.id : `${entry.id} (disconnected)`;
  if (connected) shown.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
  if (isSample) shown.contextValue = connected ? treeContext.sampleConnected : treeContext.sampleDisconnected;
  else shown.contextValue = connected ? treeContext.connected : treeContext.disconnected;
  return shown;
}

const relationIcons: Readonly<Record<Relation['kind'], string>> = {
  table: 'table',
  partitioned: 'layers',
  view: 'eye',
  'materialized-view': 'save-all',
  'foreign-table': 'plug',
};
const relationWords: Readonly<Record<Relation['kind'], string>> = {
  table: 'table',
  partitioned: 'partitioned table',
  view: 'view',
  'materialized-view': 'materialised view',
  'foreign-table': 'foreign table',
};

function relationItem(relation: Relation): vscode.TreeItem {
  const { kind, rowEstimate, comment, schema, name } = relation;
  const rows =
    rowEstimate === undefined || kind === 'view' ? undefined : `≈ ${rowEstimate.toLocaleString()} rows`;
  const description = kind === 'table' || kind === 'partitioned' ? rows : relationWords[kind];
  const tooltip = lines([`${schema}.${name}: ${relationWords[kind]}`, comment, rows]);
  return item(name, relationIcons[kind], { description, tooltip, children: true });
}

function columnItem(column: Column, foreign: string | undefined): vscode.TreeItem {
  const icon = column.primaryKey ? 'key' : foreign === undefined ? 'symbol-field' : 'references';
  const facts = [
    column.primaryKey ? 'primary key' : undefined,
    foreign === undefined ? undefined : `→ ${foreign}`,
    column.nullable ? undefined : 'not null',
  ].filter((fact) => fact !== undefined);
  const tooltip = lines([`${column.name} ${column.type}`, facts.join(', '), column.comment]);
  const arrow = foreign === undefined ? '' : ` → ${foreign}`;
  return item(column.name, icon, {
    description: `${column.type}${column.nullable ? '?' : ''}${arrow}`,
    tooltip,
  });
}

interface ItemLook {
  readonly description?: string | undefined;
  readonly tooltip?: string | undefined;
  readonly children?: boolean;
}

function item(
  label: string,
  icon: string,
  { description, tooltip, children = false }: ItemLook,
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
