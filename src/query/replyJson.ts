/** Finds the JSON object that a model was asked for in what it wrote: between reasoning, prose and fences. */
import { KhipuError } from '../shared/errors.ts';

/** Longer replies are not read. */
export const lengthLimit = 200_000;

/**
 * What a reply says, without the model's thinking aloud.
 * @throws KhipuError `model-reply-unusable`
 */
export function answerIn(text: string): string {
  if (text.length > lengthLimit) throw unusable('the reply is far too long');
  const answer = withoutReasoning(text).trim();
  if (answer === '') throw unusable('the reply is empty');
  return answer;
}

/** Models that think aloud do so in a block before the answer; some servers swallow the tag that opens it. */
function withoutReasoning(text: string): string {
  const closed = text.replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, '');
  return closed.split(/<\/think(?:ing)?>/i).at(-1) ?? '';
}

/**
 * JSON values in the text: all of it, each fenced block, and whatever stands in braces.
 * @param keys with which the object that was asked for may begin
 */
export function* jsonCandidates(text: string, keys: readonly string[]): Generator {
  for (const source of [text, ...fencedBlocks(text), ...braced(text, keys)]) {
    for (const variant of [source, escapeRawControls(source)]) {
      try {
        yield JSON.parse(variant);
        break;
      } catch {
        // not JSON: the next candidate may be
      }
    }
  }
}

/** More fenced blocks, or pairs of braces, than this are not looked at. */
const candidateLimit = 20;

/** A JSON string, also one that the text breaks off: what always matches cannot take quadratic time. */
const jsonString = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)/;
const stringOrBrace = new RegExp(`${jsonString.source}|[{}]`, 'g');

/** What stands in braces: the outermost pairs, and what starts as the object that was asked for, wherever prose misleads. */
function braced(text: string, keys: readonly string[]): string[] {
  const start = new RegExp(String.raw`\{\s*"(?:${keys.join('|')})"`, 'g');
  const starts = [...text.matchAll(start)].slice(0, candidateLimit);
  return [...pairs(text), ...starts.flatMap(({ index }) => pairs(text.slice(index)).slice(0, 1))];
}

/** The outermost pairs of braces, first to last; braces within strings do not count. */
function pairs(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(stringOrBrace)) {
    if (token === '{' && depth++ === 0) start = index;
    if (token === '}' && depth > 0 && --depth === 0) found.push(text.slice(start, index + 1));
    if (found.length >= candidateLimit) break;
  }
  return found;
}

/** Line breaks written as they are within a JSON string, where only `\n` may stand. */
export function escapeRawControls(json: string): string {
  return json.replace(new RegExp(jsonString, 'g'), (text) =>
    text.replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1)),
  );
}

/** The insides of Markdown's fenced blocks. */
export function fencedBlocks(text: string): string[] {
  const parts = text.split('```');
  const blocks = parts.filter((_, index) => index % 2 === 1 && index < parts.length - 1);
  return blocks.slice(0, candidateLimit).map(withoutLabel);
}

export function withoutLabel(block: string): string {
  return block.replace(/^(?:json|sql|postgres(?:ql)?)\b/i, '').trim();
}

/** SQL that a model has put into a fence inside its string. */
export function stripFence(sql: string): string {
  const [before = '', block, after] = sql.split('```');
  return block !== undefined && before.trim() === '' && after?.trim() === '' ? withoutLabel(block) : sql;
}

/** @param reason can be given back to the model */
export function unusable(reason: string): KhipuError {
  return new KhipuError('model-reply-unusable', `The model's reply could not be used: ${reason}.`);
}
