/** The one quoter of literals: a value as SQL where no parameter can stand. */
import { KhipuError } from '../shared/errors.ts';

/**
 * Writes a text as a string literal that means the same whatever `standard_conforming_strings` says.
 * Source: quote_literal() of Postgres, which doubles quotes and backslashes and then writes E''.
 * @throws KhipuError `invalid-input` for a NUL, which no text in Postgres has
 */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new KhipuError('invalid-input', 'A text in Postgres holds no NUL.');
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}
