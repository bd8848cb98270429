/** The name that Postgres gives an output column without AS: the rules of `FigureColname` in parse_target.c, as documented. */

/** A piece of the parser's tree. */
export type Ast = Readonly<Record<string, unknown>>;

/** The only entry of a wrapped node: its type and fields. */
export function unwrap(node: unknown): { type: string; fields: Ast } {
  if (typeof node !== 'object' || node === null) return { type: 'nothing', fields: {} };
  const entry: [string, unknown] | undefined = Object.entries(node)[0];
  const [type, fields] = entry ?? ['nothing', {}];
  return { type, fields: typeof fields === 'object' && fields !== null ? (fields as Ast) : {} };
}

/** A list field; an absent one is empty, as the parser leaves empty lists out. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function stringOf(node: unknown): string | undefined {
  const { type, fields } = unwrap(node);
  if (type !== 'String') return undefined;
  return typeof fields['sval'] === 'string' ? fields['sval'] : '';
}

const fixedNames: Readonly<Record<string, string>> = {
  CoalesceExpr: 'coalesce',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  GroupingFunc: 'grouping',
  XmlSerialize: 'xmlserialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
};

/** The name of an unnamed output expression. */
export function figuredName(expression: unknown): string {
  return figure(expression)?.name ?? '?column?';
}

/** A name, and whether it yields to the name of a cast or a CASE around it. */
interface Figured {
  readonly name: string;
  readonly weak: boolean;
}

function figure(expression: unknown): Figured | undefined {
  const { type, fields } = unwrap(expression);
  switch (type) {
    case 'ColumnRef':
      return strong(lastName(fields['fields']));
    case 'FuncCall':
      return strong(lastName(fields['funcname']));
    case 'A_Indirection':
      return strong(lastName(fields['indirection'])) ?? figure(fields['arg']);
    case 'A_Expr':
      return strong(fields['kind'] === 'AEXPR_NULLIF' ? 'nullif' : undefined);
    case 'TypeCast':
      return figureOr(fields['arg'], lastName((fields['typeName'] as Ast | undefined)?.['names']));
    case 'CollateClause':
      return figure(fields['arg']);
    case 'CaseExpr':
      return figureOr(fields['defresult'], 'case');
    case 'MinMaxExpr':
      return strong(fields['op'] === 'IS_LEAST' ? 'least' : 'greatest');
    case 'SQLValueFunction':
      return strong(valueFunctionName(fields['op']));
    case 'JsonFuncExpr':
    case 'XmlExpr':
      return strong(jsonOrXmlName(fields['op']));
    case 'SubLink':
      return strong(subLinkName(fields));
    default:
      return strong(fixedNames[type]);
  }
}

function strong(name: string | undefined): Figured | undefined {
  return name === undefined ? undefined : { name, weak: false };
}

/** The strong name of what is inside, or else the name of what is around it. */
function figureOr(inside: unknown, around: string | undefined): Figured | undefined {
  const figured = figure(inside);
  return figured?.weak === false || around === undefined ? figured : { name: around, weak: true };
}

function subLinkName(fields: Ast): string | undefined {
  if (fields['subLinkType'] === 'EXISTS_SUBLINK') return 'exists';
  if (fields['subLinkType'] === 'ARRAY_SUBLINK') return 'array';
  if (fields['subLinkType'] !== 'EXPR_SUBLINK') return undefined;
  const first = unwrap(list(unwrap(fields['subselect']).fields['targetList'])[0]).fields;
  return typeof first['name'] === 'string' ? first['name'] : figuredName(first['val']);
}

/** SVFOP_CURRENT_TIMESTAMP_N → current_timestamp */
function valueFunctionName(op: unknown): string | undefined {
  if (typeof op !== 'string') return undefined;
  return op
    .replace(/^SVFOP_/, '')
    .replace(/_N$/, '')
    .toLowerCase();
}

/** JSON_VALUE_OP → json_value, IS_XMLELEMENT → xmlelement; IS DOCUMENT has no name. */
function jsonOrXmlName(op: unknown): string | undefined {
  if (typeof op !== 'string' || op === 'IS_DOCUMENT') return undefined;
  return op.replace(/^IS_/, '').replace(/_OP$/, '').toLowerCase();
}

function lastName(names: unknown): string | undefined {
  return list(names)
    .map(stringOf)
    .filter((name) => name !== undefined)
    .at(-1);
}
