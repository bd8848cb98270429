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
  const { type, fields } = unwrap(expression);
  switch (type) {
    case 'ColumnRef':
      return lastName(fields['fields']) ?? '?column?';
    case 'FuncCall':
      return lastName(fields['funcname']) ?? '?column?';
    case 'A_Indirection':
      return lastName(fields['indirection']) ?? figuredName(fields['arg']);
    case 'TypeCast': {
      const inner = figuredName(fields['arg']);
      return inner === '?column?'
        ? (lastName((fields['typeName'] as Ast | undefined)?.['names']) ?? inner)
        : inner;
    }
    case 'CollateClause':
      return figuredName(fields['arg']);
    case 'CaseExpr': {
      const fallback = figuredName(fields['defresult']);
      return fallback === '?column?' ? 'case' : fallback;
    }
    case 'MinMaxExpr':
      return fields['op'] === 'IS_LEAST' ? 'least' : 'greatest';
    case 'SQLValueFunction':
      return valueFunctionName(fields['op']);
    case 'JsonFuncExpr':
    case 'XmlExpr':
      return jsonOrXmlName(fields['op']);
    case 'SubLink':
      return subLinkName(fields);
    default:
      return fixedNames[type] ?? '?column?';
  }
}

function subLinkName(fields: Ast): string {
  if (fields['subLinkType'] === 'EXISTS_SUBLINK') return 'exists';
  if (fields['subLinkType'] === 'ARRAY_SUBLINK') return 'array';
  if (fields['subLinkType'] !== 'EXPR_SUBLINK') return '?column?';
  const first = unwrap(list(unwrap(fields['subselect']).fields['targetList'])[0]).fields;
  return typeof first['name'] === 'string' ? first['name'] : figuredName(first['val']);
}

/** SVFOP_CURRENT_TIMESTAMP_N → current_timestamp */
function valueFunctionName(op: unknown): string {
  return typeof op === 'string'
    ? op
        .replace(/^SVFOP_/, '')
        .replace(/_N$/, '')
        .toLowerCase()
    : '?column?';
}

/** JSON_VALUE_OP → json_value, IS_XMLELEMENT → xmlelement */
function jsonOrXmlName(op: unknown): string {
  return typeof op === 'string' ? op.replace(/^IS_/, '').replace(/_OP$/, '').toLowerCase() : '?column?';
}

function lastName(names: unknown): string | undefined {
  return list(names)
    .map(stringOf)
    .filter((name) => name !== undefined)
    .at(-1);
}
