/** What stands under a connection in the tree: schemas, relations, and folders of what belongs to them. Nothing of VS Code. */
import type { Catalog, Column, EnumType, Relation, Routine } from '../database/catalog.ts';
import { catalogLookup } from '../database/catalogLookup.ts';
import type { Check, Index, Key, Policy, Sequence, Trigger, UserType } from '../database/catalogObjects.ts';

/** A thing of the catalog, as the tree shows it. */
export type SchemaNode =
  | {
      readonly kind: 'schema';
      readonly catalog: Catalog;
      readonly name: string;
      readonly comment: string | undefined;
    }
  | { readonly kind: 'relation'; readonly catalog: Catalog; readonly relation: Relation }
  | { readonly kind: 'column'; readonly column: Column; readonly foreign: string | undefined }
  | { readonly kind: 'routine'; readonly routine: Routine }
  | { readonly kind: 'enum'; readonly type: EnumType }
  | { readonly kind: 'type'; readonly type: UserType }
  | { readonly kind: 'sequence'; readonly sequence: Sequence }
  | { readonly kind: 'index'; readonly index: Index }
  | { readonly kind: 'key'; readonly key: Key; readonly primary: boolean; readonly to: string | undefined }
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'trigger'; readonly trigger: Trigger }
  | { readonly kind: 'policy'; readonly policy: Policy }
  | SchemaFolder;

export type FolderKind =
  'indexes' | 'constraints' | 'triggers' | 'policies' | 'partitions' | 'inheritors' | 'types' | 'sequences';

export interface SchemaFolder {
  readonly kind: 'folder';
  readonly folder: FolderKind;
  readonly count: number;
  /** Made when the folder is opened. */
  readonly contents: () => SchemaNode[];
}

/** The schemas that hold something. */
export function schemaNodes(catalog: Catalog): SchemaNode[] {
  const { relationsIn, routinesIn } = catalogLookup(catalog);
  const named = [...catalog.enums, ...(catalog.types ?? []), ...(catalog.sequences ?? [])];
  const used = new Set([...relationsIn.keys(), ...routinesIn.keys(), ...named.map(({ schema }) => schema)]);
  return catalog.schemas
    .filter(({ name }) => used.has(name))
    .map(({ name, comment }) => ({ kind: 'schema', catalog, name, comment }));
}

/** The node's children; none for what has none. */
export function schemaNodeChildren(node: SchemaNode): SchemaNode[] {
  switch (node.kind) {
    case 'schema':
      return schemaContents(node.catalog, node.name);
    case 'relation':
      return relationContents(node.catalog, node.relation);
    case 'folder':
      return node.contents();
    default:
      return [];
  }
}

const rank: Readonly<Record<Relation['kind'], number>> = {
  table: 0,
  partitioned: 0,
  'foreign-table': 1,
  view: 2,
  'materialized-view': 3,
};

/** Tables before views before functions, each by name; a partition stands under the table that it is a part of. */
function schemaContents(catalog: Catalog, schema: string): SchemaNode[] {
  const lookup = catalogLookup(catalog);
  const { compare } = new Intl.Collator(); // localeCompare would make one for each of 130,000 comparisons
  const relations = (lookup.relationsIn.get(schema) ?? [])
    .filter(({ partitionOf }) => partitionOf === undefined)
    .sort((a, b) => rank[a.kind] - rank[b.kind] || compare(a.name, b.name));
  const routines = lookup.routinesIn.get(schema) ?? [];
  return [
    ...relations.map((relation): SchemaNode => ({ kind: 'relation', catalog, relation })),
    ...routines.map((routine): SchemaNode => ({ kind: 'routine', routine })),
    ...folder('types', typesIn(catalog, schema)),
    ...folder('sequences', sequencesIn(catalog, schema)),
  ];
}

function typesIn(catalog: Catalog, schema: string): SchemaNode[] {
  const enums = catalog.enums.filter((each) => each.schema === schema);
  const types = (catalog.types ?? []).filter((each) => each.schema === schema);
  const nodes = [
    ...enums.map((type) => ({ kind: 'enum' as const, type })),
    ...types.map((type) => ({ kind: 'type' as const, type })),
  ];
  return nodes.sort((a, b) => a.type.name.localeCompare(b.type.name));
}

/** Those that number a column are part of it, and nobody looks for them. */
function sequencesIn(catalog: Catalog, schema: string): SchemaNode[] {
  return (catalog.sequences ?? [])
    .filter((each) => each.schema === schema && each.ownedBy === undefined)
    .map((sequence) => ({ kind: 'sequence', sequence }));
}

function relationContents(catalog: Catalog, relation: Relation): SchemaNode[] {
  const { indexes = [], triggers = [], policies = [] } = relation;
  const parts = catalogLookup(catalog).partsOf.get(`${relation.schema}.${relation.name}`) ?? [];
  const partitions = parts.filter(({ partitionOf }) => partitionOf !== undefined);
  const inheritors = parts.filter(({ partitionOf }) => partitionOf === undefined);
  const relationNode = (part: Relation): SchemaNode => ({ kind: 'relation', catalog, relation: part });
  return [
    ...columnNodes(relation),
    ...folder('indexes', indexes, (index) => ({ kind: 'index', index })),
    ...folder('constraints', constraintNodes(relation)),
    ...folder('triggers', triggers, (trigger) => ({ kind: 'trigger', trigger })),
    ...folder('policies', policies, (policy) => ({ kind: 'policy', policy })),
    ...folder('partitions', partitions, relationNode),
    ...folder('inheritors', inheritors, relationNode),
  ];
}

function columnNodes({ columns, foreignKeys }: Relation): SchemaNode[] {
  return columns.map((column) => {
    const key = foreignKeys.find((each) => each.columns.includes(column.name));
    const foreign = key === undefined ? undefined : `${key.toSchema}.${key.toTable}`;
    return { kind: 'column', column, foreign };
  });
}

function constraintNodes({ primaryKey, uniqueKeys = [], foreignKeys, checks = [] }: Relation): SchemaNode[] {
  const keyNode = (key: Key, primary: boolean, to?: string): SchemaNode => ({
    kind: 'key',
    key,
    primary,
    to,
  });
  return [
    ...(primaryKey === undefined ? [] : [keyNode(primaryKey, true)]),
    ...uniqueKeys.map((key) => keyNode(key, false)),
    ...foreignKeys.map((key) =>
      keyNode(key, false, `${key.toSchema}.${key.toTable} (${key.toColumns.join(', ')})`),
    ),
    ...checks.map((check): SchemaNode => ({ kind: 'check', check })),
  ];
}

/** Only when there is something to put into it. */
function folder(kind: FolderKind, nodes: readonly SchemaNode[]): SchemaFolder[];
function folder<Item>(
  kind: FolderKind,
  items: readonly Item[],
  toNode: (item: Item) => SchemaNode,
): SchemaFolder[];
function folder<Item>(
  kind: FolderKind,
  items: readonly Item[],
  toNode: (item: Item) => SchemaNode = (item) => item as SchemaNode,
): SchemaFolder[] {
  if (items.length === 0) return [];
  return [{ kind: 'folder', folder: kind, count: items.length, contents: () => items.map(toNode) }];
}
