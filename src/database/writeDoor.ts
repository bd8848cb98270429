/** The write door's key: the only maker of WriteSql, which is one statement that the user has seen and that can be taken back. */
import { KhipuError } from '../shared/errors.ts';
import { withoutComments } from './guard.ts';
import { inSourceWords, parameterMarks, readParameters, type ParameterValue } from './parameters.ts';
import type { ParsedStatement, SqlParser } from './parse.ts';
import { isChanging, targetOf, withReturning, type PreviewText, type WrittenTarget } from './returning.ts';
import { writeRefusal } from './writeRules.ts';

interface WriteParts {
  readonly text: string;
  readonly seenText: string;
  readonly offset: number;
  readonly names: readonly string[];
  readonly values: readonly ParameterValue[];
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * One statement that may write. Its constructor is this file's alone, and `userTransaction` checks the private mark. Nothing that
 * a model's reply passes through imports this file: what a model writes gets here only by way of an editor and a person.
 */
export class WriteSql {
  readonly #seen = true;
  /** As it is sent: with `$n` for every parameter. */
  readonly text: string;
  /** Where `text` begins in what was seen, once `$n` stands there for every parameter; a UTF-16 offset. */
  readonly offset: number;
  /** What stands for `$1`, `$2`… in what was seen. */
  readonly names: readonly string[];
  /** What is bound to them; as long as `names`, or the statement does not run. */
  readonly values: readonly ParameterValue[];
  /** The statement as it was seen. */
  readonly seenText: string;
  /** The relation whose rows it changes; undefined when it is no INSERT, UPDATE, DELETE or MERGE. */
  readonly target: WrittenTarget | undefined;
  readonly #parts: WriteParts;

  private constructor(parts: WriteParts) {
    this.#parts = parts;
    this.text = parts.text;
    this.offset = parts.offset;
    this.names = parts.names;
    this.values = parts.values;
    this.seenText = parts.seenText;
    this.target = targetOf(parts.type, parts.fields);
  }

  /** Whether this really came from here, and is no look-alike. */
  static is(value: object): value is WriteSql {
    return #seen in value && value.#seen;
  }

  /**
   * Reads a text as one statement. It may do all that the role may do and that a transaction can take back.
   * @param seen a text that stands in an editor before the user, and nothing else
   * @throws KhipuError `write-refused` with the reason and the place, or `sql-syntax`
   */
  static fromSeenText(parser: SqlParser, seen: string): WriteSql {
    const written = readParameters(seen);
    const outcome = parser.parse(written.text);
    if (!outcome.ok) {
      const bare = withoutComments(seen);
      if (bare !== seen && parser.parse(withoutComments(written.text)).ok)
        return WriteSql.fromSeenText(parser, bare);
      const { names, toSource } = written;
      const position = toSource(outcome.position);
      throw new KhipuError('sql-syntax', inSourceWords(outcome.message, names), { sql: seen, position });
    }
    const [first, second] = outcome.statements;
    const placeOf = (statement: ParsedStatement): number => written.toSource(statement.start);
    if (first === undefined) throw refused('There is no statement here.', seen, 0);
    if (second !== undefined)
      throw refused('There is more than one statement here; each is run by itself.', seen, placeOf(second));
    const [type, fields] = Object.entries(first.node)[0] ?? ['nothing', {}];
    const reason = writeRefusal(type, fields as Record<string, unknown>);
    if (reason !== undefined) throw refused(reason, seen, placeOf(first));
    const isBound = isChanging(type) || type === 'SelectStmt';
    // A function's body and PREPARE have parameters of their own, whose numbers stay as they are.
    if (!isBound && written.text !== seen && !parser.parse(seen).ok) throw refusedParameter(seen);
    const parts = { offset: first.start, type, fields: fields as Record<string, unknown>, values: [] };
    if (!isBound) {
      const text = statementIn(parser, seen);
      return new WriteSql({ ...parts, text, seenText: text, names: [] });
    }
    const text = written.text.slice(first.start, first.end);
    const seenText = seen.slice(placeOf(first), written.toSource(first.end));
    return new WriteSql({ ...parts, text, seenText, names: written.names });
  }

  /** The same statement with values for its parameters, which go to the server apart from its text. */
  bind(values: readonly ParameterValue[]): WriteSql {
    return new WriteSql({ ...this.#parts, values });
  }

  /** The statement in a form that gives back what it changes; undefined where there is none on such a server. */
  previewText(serverVersion: number): PreviewText | undefined {
    const { text, type, fields } = this.#parts;
    return withReturning(text, type, fields, serverVersion);
  }
}

function statementIn(parser: SqlParser, seen: string): string {
  const outcome = parser.parse(seen);
  const first = outcome.ok ? outcome.statements[0] : undefined;
  return first === undefined ? seen : seen.slice(first.start, first.end);
}

function refusedParameter(sql: string): KhipuError {
  const [mark] = parameterMarks(sql);
  return refused(
    `Postgres binds parameters in SELECT, INSERT, UPDATE, DELETE and MERGE only: write the value in place of ${mark?.name ?? 'it'}.`,
    sql,
    mark?.start ?? 0,
  );
}

function refused(reason: string, sql: string, position: number): KhipuError {
  return new KhipuError('write-refused', reason, { sql, position });
}
