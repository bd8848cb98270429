/** All parts of a catalog, in the order in which they are read. */
import { callablesPart } from './callablesPart.ts';
import * as globals from './catalogGlobals.ts';
import type { CatalogPart } from './catalogPart.ts';
import * as relations from './catalogRelations.ts';

const parts = {
  schemas: globals.schemasPart,
  relations: relations.relationsPart,
  columns: relations.columnsPart,
  comments: globals.commentsPart,
  constraints: relations.constraintsPart,
  indexes: relations.indexesPart,
  inheritance: relations.inheritancePart,
  partitions: relations.partitionsPart,
  foreignTables: relations.foreignTablesPart,
  triggers: relations.triggersPart,
  policies: relations.policiesPart,
  routines: globals.routinesPart,
  enums: globals.enumsPart,
  types: globals.typesPart,
  sequences: globals.sequencesPart,
  extensions: globals.extensionsPart,
  roles: globals.rolesPart,
  callables: callablesPart,
  systemRelations: globals.systemRelationsPart,
};

type ValueOf<Part> = Part extends CatalogPart<infer Value> ? Value : never;

/** What was read of each part. */
export type PartValues = { readonly [Name in keyof typeof parts]: ValueOf<(typeof parts)[Name]> };
export type PartName = keyof PartValues;

export const catalogParts: { readonly [Name in PartName]: CatalogPart<PartValues[Name]> } = parts;
export const partNames = Object.keys(parts) as PartName[];
