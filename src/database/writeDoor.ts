/** The write door's key: the only maker of WriteSql, which is one statement that the user has seen and that can be taken back. */
import { KhipuError } from '../shared/errors.ts';
import { withoutComments } from './guard.ts';
import { parameterMarks } from './parameters.ts';
import type { SqlParser } from './parse.ts';
import { isChanging, targetOf, withReturning, type PreviewText, type WrittenTarget } from './returning.ts';
import { writeRefusal } from './writeRules.ts';

/**
 * One statement that may write. Its constructor is this file's alone, and `userTransaction` checks the private mark. Nothing that
 * a model's reply passes through imports this file: what a model writes gets here only by way of an editor and a person.
 */
export class WriteSql {
  readonly #seen = true;
  readonly text: string;
  /** The relation whose rows it changes; undefined when it is no INSERT, UPDATE, DELETE or MERGE. */
  readonly target: WrittenTarget | undefined;
  readonly #type: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  private constructor(text: string, type: string, fields: Readonly<Record<string, unknown>>) {
    this.text = text;
    this.target = targetOf(type, fields);
    this.#type = type;
    this.#fields = fields;
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
    const outcome = parser.parse(seen);
    if (!outcome.ok) {
      const bare = withoutComments(seen);
      if (bare !== seen && parser.parse(bare).ok) return WriteSql.fromSeenText(parser, bare);
      refuseParameter(seen);
      throw new KhipuError('sql-syntax', outcome.message, { sql: seen, position: outcome.position });
    }
    const [first, second] = outcome.statements;
    if (first === undefined) throw refused('There is no statement here.', seen, 0);
    if (second !== undefined)
      throw refused('There is more than one statement here; each is run by itself.', seen, second.start);
    const [type, fields] = Object.entries(first.node)[0] ?? ['nothing', {}];
    if (isChanging(type) || type === 'SelectStmt') refuseParameter(seen);
    const reason = writeRefusal(type, fields as Record<string, unknown>);
    if (reason !== undefined) throw refused(reason, seen, first.start);
    return new WriteSql(seen.slice(first.start, first.end), type, fields as Record<string, unknown>);
  }

  /** The statement in a form that gives back what it changes; undefined where there is none on such a server. */
  previewText(serverVersion: number): PreviewText | undefined {
    return withReturning(this.text, this.#type, this.#fields, serverVersion);
  }
}

/** What is committed should be what stands there to be read. A function's body and PREPARE have parameters of their own. */
function refuseParameter(sql: string): void {
  const [mark] = parameterMarks(sql);
  if (mark === undefined) return;
  throw refused(
    `Run as Write binds no parameters: write the value in place of ${mark.name}.`,
    sql,
    mark.start,
  );
}

function refused(reason: string, sql: string, position: number): KhipuError {
  return new KhipuError('write-refused', reason, { sql, position });
}
