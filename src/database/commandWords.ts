/** A program and its arguments as one line, as a person writes it: words apart by spaces, quoted where they hold some. Pure. */
import { KhipuError } from '../shared/errors.ts';

/**
 * Splits a line into its words. Quotes of either kind keep what is between them together, and a backslash takes the next
 * character as it is, but not between single quotes; nothing else is special, for no shell is involved.
 * @throws KhipuError `invalid-input` when a quote is not closed
 */
export function parseCommandLine(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") {
      word = (word ?? '') + line.charAt(++at);
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new KhipuError('invalid-input', `The ${quote} is not closed.`);
  return word === undefined ? words : [...words, word];
}

/** The line of these words; `parseCommandLine` gives them back. */
export function formatCommandLine(words: readonly string[]): string {
  const formatted = words.map((word) =>
    /^[^\s"'\\]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
  );
  return formatted.join(' ');
}
