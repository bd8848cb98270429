/** Puts the parts of a catalog together: numbers become names, and each thing goes to the relation that it belongs to. */
import { relationAssembler } from './assembleRelation.ts';
import type { Catalog, EnumType, Relation, Routine } from './catalog.ts';
import type { Commented } from './catalogGlobals.ts';
import type { MissingPart, Sequence, UserType } from './catalogObjects.ts';
import type { PartValues } from './catalogParts.ts';
import { inSlices } from './catalogRows.ts';
import { qualified } from './catalog.ts';
import type { ServerFacts } from './catalogSnapshot.ts';

/**
 * The catalog of these parts; what belongs to an object that was dropped between two snapshots is left out.
 * @throws KhipuError `cancelled`
 */
export async function assembleCatalog(
  server: ServerFacts,
  parts: PartValues,
  missing: readonly MissingPart[],
  signal: AbortSignal,
): Promise<Catalog> {
  const { schemas, routines, enums, extensions, roles, callables, systemRelations } = parts;
  const comment = commentsOf(parts);
  return {
    database: server.database,
    serverVersion: server.version,
    searchPath: server.searchPath,
    schemas: schemas.map(({ oid, name }) => ({ name, comment: comment('pg_namespace', oid) })),
    relations: await relationsOf(server, parts, signal),
    routines: routines.map(({ oid, ...routine }): Routine => ({
      ...routine,
      comment: comment('pg_proc', oid),
    })),
    enums: enums.map(({ oid, ...each }): EnumType => withComment(each, comment('pg_type', oid))),
    types: typesOf(parts),
    sequences: sequencesOf(parts),
    extensions: extensions.map(({ oid, ...each }) => ({ ...each, comment: comment('pg_extension', oid) })),
    roles,
    missing,
    callables,
    systemRelations: new Map(
      systemRelations.map((each) => [qualified(each.schema, each.name), each.columns]),
    ),
  };
}

/** Most enums have no comment, and those are shown as they are. */
function withComment(each: EnumType, comment: string | undefined): EnumType {
  return comment === undefined ? each : { ...each, comment };
}

type CommentOf = (kind: Commented, oid: number, column?: number) => string | undefined;

function commentsOf({ comments }: PartValues): CommentOf {
  return (kind, oid, column = 0) => comments.get(kind)?.get(oid)?.get(column);
}

async function relationsOf(
  server: ServerFacts,
  parts: PartValues,
  signal: AbortSignal,
): Promise<readonly Relation[]> {
  const relations: Relation[] = [];
  const assemble = relationAssembler(server, parts);
  const work = (slice: PartValues['relations']): void => {
    for (const entry of slice) {
      const relation = assemble(entry);
      if (relation !== undefined) relations.push(relation);
    }
  };
  await inSlices(parts.relations, work, signal);
  return relations;
}

function typesOf(parts: PartValues): UserType[] {
  const comment = commentsOf(parts);
  const domainChecks = parts.constraints.get(0) ?? [];
  return parts.types.map(({ oid, relation, ...type }) => {
    const { numbers, columns } = parts.columns.get(relation) ?? { numbers: [], columns: [] };
    return {
      ...type,
      checks: domainChecks
        .filter(({ domain }) => domain === oid)
        .map(({ name, definition }) => ({ name, definition })),
      attributes: columns.map((column, at) => ({
        name: column.name,
        type: column.type,
        comment: comment('pg_class', relation, numbers[at]),
      })),
      comment: comment('pg_type', oid),
    };
  });
}

function sequencesOf(parts: PartValues): Sequence[] {
  const comment = commentsOf(parts);
  const owners = new Map(parts.relations.map((relation) => [relation.oid, relation]));
  return parts.sequences.map(({ oid, owner, column, ...sequence }) => {
    const relation = owners.get(owner);
    const { numbers, columns } = parts.columns.get(owner) ?? { numbers: [], columns: [] };
    const name = columns[numbers.indexOf(column)]?.name;
    const isOwned = relation !== undefined && name !== undefined;
    return {
      ...sequence,
      ownedBy: isOwned ? { schema: relation.schema, table: relation.name, column: name } : undefined,
      comment: comment('pg_class', oid),
    };
  });
}
