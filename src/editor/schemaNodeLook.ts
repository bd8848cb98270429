/** How a thing of the catalog looks in the tree: label, icon, what stands beside it, and its tooltip. Nothing of VS Code. */
import type { Column, Relation, Routine } from '../database/catalog.ts';
import type { Index, Policy, Sequence, UserType } from '../database/catalogObjects.ts';
import type { FolderKind, SchemaNode } from './schemaTree.ts';

export interface NodeLook {
  readonly label: string;
  /** A codicon. */
  readonly icon: string;
  readonly description?: string | undefined;
  readonly tooltip?: string | undefined;
  readonly children?: boolean;
}

const folderLooks: Readonly<Record<FolderKind, readonly [label: string, icon: string]>> = {
  indexes: ['Indexes', 'list-tree'],
  constraints: ['Constraints', 'shield'],
  triggers: ['Triggers', 'zap'],
  policies: ['Policies', 'lock'],
  partitions: ['Partitions', 'layers'],
  inheritors: ['Inheriting Tables', 'type-hierarchy-sub'],
  types: ['Types', 'symbol-enum'],
  sequences: ['Sequences', 'list-ordered'],
};

export function nodeLook(node: SchemaNode): NodeLook {
  switch (node.kind) {
    case 'schema':
      return { label: node.name, icon: 'symbol-namespace', tooltip: node.comment, children: true };
    case 'relation':
      return relationLook(node.relation);
    case 'column':
      return columnLook(node.column, node.foreign);
    case 'routine':
      return routineLook(node.routine);
    case 'enum': {
      const { name, values, comment } = node.type;
      const list = values.join(', ');
      return {
        label: name,
        icon: 'symbol-enum',
        description: list,
        tooltip: lines([`${name}: enum`, comment, list]),
      };
    }
    case 'type':
      return typeLook(node.type);
    case 'sequence':
      return sequenceLook(node.sequence);
    case 'index':
      return indexLook(node.index);
    case 'key': {
      const { name, columns } = node.key;
      const what = node.primary ? 'primary key' : node.to === undefined ? 'unique' : 'foreign key';
      const description = `(${columns.join(', ')})${node.to === undefined ? '' : ` → ${node.to}`}`;
      const icon = node.primary ? 'key' : node.to === undefined ? 'verified' : 'references';
      return { label: name, icon, description, tooltip: lines([`${name}: ${what}`, description]) };
    }
    case 'check': {
      const { name, definition } = node.check;
      return { label: name, icon: 'check', description: definition, tooltip: lines([name, definition]) };
    }
    case 'trigger': {
      const { name, definition, enabled, comment } = node.trigger;
      const description = enabled ? undefined : 'disabled';
      return {
        label: name,
        icon: 'zap',
        description,
        tooltip: lines([name, comment, description, definition]),
      };
    }
    case 'policy':
      return policyLook(node.policy);
    case 'folder': {
      const [label, icon] = folderLooks[node.folder];
      return { label, icon, description: String(node.count), children: true };
    }
  }
}

const relationLooks: Readonly<Record<Relation['kind'], readonly [icon: string, words: string]>> = {
  table: ['table', 'table'],
  partitioned: ['layers', 'partitioned table'],
  view: ['eye', 'view'],
  'materialized-view': ['save-all', 'materialised view'],
  'foreign-table': ['plug', 'foreign table'],
};

function relationLook(relation: Relation): NodeLook {
  const { kind, comment, schema, name, inherits, partitionKey, partitionBound, foreignServer } = relation;
  const [icon, words] = relationLooks[kind];
  const rows = kind === 'view' ? undefined : rowsInWords(relation.rowEstimate);
  const description = kind === 'table' || kind === 'partitioned' ? rows : words;
  const tooltip = lines([
    `${schema}.${name}: ${words}`,
    comment,
    [rows, sizeInWords(relation)].filter((each) => each !== undefined).join(', '),
    partitionKey === undefined ? undefined : `partitioned by ${partitionKey}`,
    partitionBound,
    inherits === undefined ? undefined : `inherits from ${inherits.join(', ')}`,
    foreignServer === undefined ? undefined : `on the server ${foreignServer}`,
  ]);
  return { label: name, icon, description, tooltip, children: true };
}

function rowsInWords(rowEstimate: number | undefined): string | undefined {
  if (rowEstimate === undefined) return undefined;
  return `≈ ${rowEstimate.toLocaleString()} rows`;
}

function sizeInWords({ sizeEstimate, indexes = [] }: Relation): string | undefined {
  if (sizeEstimate === undefined) return undefined;
  const ofIndexes = indexes.reduce((sum, index) => sum + (index.sizeEstimate ?? 0), 0);
  return `≈ ${bytes(sizeEstimate)}${ofIndexes === 0 ? '' : ` and ${bytes(ofIndexes)} of indexes`}`;
}

const units = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** In Postgres's own units, of 1,024. */
export function bytes(count: number): string {
  let [value, unit] = [count / 1024, 0];
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value).toLocaleString()} ${units[unit] ?? 'kB'}`;
}

function columnLook(column: Column, foreign: string | undefined): NodeLook {
  const icon = column.primaryKey ? 'key' : foreign === undefined ? 'symbol-field' : 'references';
  const facts = [
    column.primaryKey ? 'primary key' : undefined,
    foreign === undefined ? undefined : `→ ${foreign}`,
    column.nullable ? undefined : 'not null',
    column.identity === undefined ? undefined : 'numbered by Postgres',
    column.collation === undefined ? undefined : `collation ${column.collation}`,
  ].filter((fact) => fact !== undefined);
  const { default: value, generated } = column;
  const origin = value && (generated === undefined ? `default ${value}` : `generated as ${value}`);
  const tooltip = lines([`${column.name} ${column.type}`, facts.join(', '), origin, column.comment]);
  const arrow = foreign === undefined ? '' : ` → ${foreign}`;
  const description = `${shortType(column.type)}${column.nullable ? '?' : ''}${arrow}`;
  return { label: column.name, icon, description, tooltip };
}

/** The sidebar is narrow, and SQL's long names say no more than Postgres's short ones. */
function shortType(type: string): string {
  return type
    .replace(/^character varying/, 'varchar')
    .replace(/^character/, 'char')
    .replace(/^double precision/, 'float8')
    .replace(/^(timestamp|time)(\(\d\))? with time zone/, '$1tz$2')
    .replace(/^(timestamp|time)(\(\d\))? without time zone/, '$1$2');
}

function routineLook({
  name,
  arguments: args,
  result,
  comment,
  kind,
  volatility,
  language,
}: Routine): NodeLook {
  const returns = result === '' ? undefined : `returns ${result}`;
  const nature = [volatility, language].filter((each) => each !== undefined).join(', ');
  const tooltip = lines([comment, `${kind} ${name}(${args})`, returns, nature]);
  const icon = kind === 'procedure' ? 'symbol-method' : 'symbol-function';
  return { label: name, icon, description: `(${args})`, tooltip };
}

function typeLook({
  name,
  kind,
  base,
  nullable,
  default: value,
  checks,
  attributes,
  comment,
}: UserType): NodeLook {
  const inside = attributes.map((each) => `${each.name} ${each.type}`);
  const what = base === undefined ? kind : `${kind} ${kind === 'range' ? 'of' : 'over'} ${base}`;
  const tooltip = lines([
    `${name}: ${what}`,
    comment,
    kind === 'domain' && !nullable ? 'not null' : undefined,
    value && `default ${value}`,
    ...checks.map(({ definition }) => definition),
    ...inside,
  ]);
  const icon = kind === 'composite' ? 'symbol-structure' : 'symbol-misc';
  return { label: name, icon, description: inside.length === 0 ? what : `(${inside.join(', ')})`, tooltip };
}

function sequenceLook({
  name,
  type,
  start,
  increment,
  minimum,
  maximum,
  cycles,
  comment,
}: Sequence): NodeLook {
  const range = `from ${start} by ${increment}, within ${minimum} and ${maximum}${cycles ? ', in a cycle' : ''}`;
  return {
    label: name,
    icon: 'list-ordered',
    description: type,
    tooltip: lines([`${name}: sequence`, comment, range]),
  };
}

function indexLook({
  name,
  method,
  unique,
  primary,
  columns,
  included,
  definition,
  sizeEstimate,
  comment,
}: Index): NodeLook {
  const searched = columns.map((column) => column ?? 'expression').join(', ');
  const what = primary ? 'primary key' : unique ? 'unique index' : 'index';
  const tooltip = lines([
    `${name}: ${what} (${method})`,
    comment,
    included.length === 0 ? undefined : `includes ${included.join(', ')}`,
    definition,
    sizeEstimate === undefined ? undefined : `≈ ${bytes(sizeEstimate)}`,
  ]);
  const description = `(${searched})${method === 'btree' ? '' : ` ${method}`}`;
  return { label: name, icon: primary ? 'key' : 'list-tree', description, tooltip };
}

function policyLook({ name, permissive, command, roles, using, check, comment }: Policy): NodeLook {
  const who = `for ${command}, to ${roles.join(', ')}`;
  const tooltip = lines([
    `${name}: ${permissive ? 'permissive' : 'restrictive'} policy`,
    comment,
    who,
    using && `using ${using}`,
    check && `with check ${check}`,
  ]);
  return { label: name, icon: 'lock', description: who, tooltip };
}

function lines(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n');
}
