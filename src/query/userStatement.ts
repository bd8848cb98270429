/** A statement that the user wrote, with parameters: guarded in Postgres's form, and spoken of in the user's own. */
import type { ReadOnlySql } from '../database/guard.ts';
import {
  inSourceWords,
  parameterMarks,
  readParameters,
  type ParameterisedSql,
  type ParameterValue,
  type ParameterValues,
} from '../database/parameters.ts';
import { KhipuError, toKhipuError } from '../shared/errors.ts';
import type { AnswerHeader } from '../shared/resultsProtocol.ts';
import { checkStatement, type CheckedStatement, type CheckWorld } from './checkStatement.ts';

export interface CheckedUserStatement extends CheckedStatement {
  /** What its answer says of it, where that is not the text that was sent. */
  readonly header: Pick<AnswerHeader, 'sql' | 'parameters'> | undefined;
}

/**
 * Guards and grounds a statement of the user's, and binds its parameters.
 * @throws KhipuError `refused-by-guard` or `sql-syntax` with the place in the user's text; `invalid-input` for a value that is missing
 */
export function checkUserStatement(
  { sql, parameters = {} }: { readonly sql: string; readonly parameters?: ParameterValues },
  world: CheckWorld,
): CheckedUserStatement {
  const written = readParameters(sql);
  if (written.names.length === 0) return { ...checkStatement(sql, world), header: undefined };
  let checked: CheckedStatement;
  try {
    checked = checkStatement(written.text, world);
  } catch (thrown) {
    throw inSource(toKhipuError(thrown), sql, undefined);
  }
  const { statement } = checked;
  const values = written.names
    .slice(0, statement.parameterCount)
    .map((name) => valueOf(name, parameters, sql));
  const [from, to] = [statement.offset, statement.offset + statement.text.length].map(written.toSource);
  return {
    ...checked,
    statement: statement.bind(values),
    header: {
      sql: sql.slice(from, to),
      parameters: values.map((value, index) => ({ name: written.names[index] ?? '', value })),
    },
  };
}

function valueOf(name: string, parameters: ParameterValues, sql: string): ParameterValue {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value !== undefined) return value;
  const position = parameterMarks(sql).find((mark) => mark.name === name)?.start;
  throw new KhipuError('invalid-input', `There is no value for ${name}.`, { sql, position });
}

/**
 * An error of a statement with parameters in the words and at the place of the user's text.
 * @param statement what was sent, for an error that came after the guard
 */
export function inSource(
  error: KhipuError,
  sql: string,
  statement: Pick<ReadOnlySql, 'text' | 'offset'> | undefined,
): KhipuError {
  const written = readParameters(sql);
  if (written.names.length === 0) return error;
  const { detail } = error;
  const base = statement !== undefined && detail.sql === statement.text ? statement.offset : 0;
  const name = detail.parameter === undefined ? undefined : written.names[detail.parameter - 1];
  const place = detail.position === undefined ? undefined : written.toSource(base + detail.position);
  const position = place ?? parameterMarks(sql).find((mark) => mark.name === name)?.start;
  const message = inWords(error, name, written);
  const shown = detail.sql === undefined ? {} : { sql, position };
  return new KhipuError(error.kind, message, { ...detail, ...shown }, { cause: error.cause });
}

function inWords(
  { message, detail }: KhipuError,
  name: string | undefined,
  { names }: ParameterisedSql,
): string {
  if (name === undefined) return inSourceWords(message, names);
  return detail.sqlState === '42P18'
    ? `Postgres cannot tell the type of ${name}: write a cast behind it, such as ${name}::text.`
    : `The value of ${name} does not fit: ${message}.`;
}
