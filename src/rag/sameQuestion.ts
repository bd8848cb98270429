/** Decides whether a question asks the same as one that was verified: strictly, for a wrong answer would be trusted. */
import {
  closings,
  commands,
  interrogatives,
  movable,
  numberWords,
  openings,
  ranking,
  synonyms,
  weightless,
} from './questionWords.ts';
import type { VerifiedQuestion } from './retrieval.ts';
import { singular } from './words.ts';

/** Literals in quotes, dates, numbers, comparisons, hyphened number words, words, and signs that carry meaning. */
const pieces =
  /"([^"]+)"|“([^”]+)”|(?<![\p{L}\p{N}])['‘]([^'’]+)['’](?!\p{L})|\d+(?:[-/:.,]\d+)+|-?\d+|[<>!]?=|[<>]|<>|\p{L}+-\p{L}+|[\p{L}\p{M}]+(?:['’]\p{L}+)?|[%$€£+*]/gu;

const number = /^-?\d/;

interface Token {
  readonly text: string;
  /** In capitals, or between quotes: a name or a value, never a word without weight ("customers in the US", "in IT"). */
  readonly literal: boolean;
}

/**
 * The words that a question is compared by: literals and numbers exact, everything else in lower case, wordings of
 * one meaning made equal, courtesies and words without weight gone. Two questions ask the same when these are equal.
 */
export function canonicalQuestion(question: string): string[] {
  const tokens = tokenize(question);
  const opened = dropOpening(tokens);
  const closed = dropClosing(opened);
  const merged = mergeSynonyms(closed);
  const weighty = merged.filter((token, index) => token.literal || !isWeightless(token, merged[index + 1]));
  // "the best customer" is one row and "the best customers" are several.
  const ranked = weighty.some(({ text }) => ranking.has(text) || /\p{L}{2}est$/u.test(text));
  return weighty.map(({ text, literal }) => (literal || ranked ? text : singular(text)));
}

/**
 * Whether both ask the same: their canonical words are the same in the same order. The one liberty is an adjective
 * that may stand before its noun or after it, when nothing else is asked.
 */
export function asksTheSame(question: string, other: string): boolean {
  return sameWords(canonicalQuestion(question), canonicalQuestion(other));
}

/** The first verified question that asks the same; its SQL is then the answer. */
export function findSameQuestion(
  question: string,
  verified: readonly VerifiedQuestion[],
): VerifiedQuestion | undefined {
  const asked = canonicalQuestion(question);
  return verified.find((candidate) => sameWords(asked, canonicalQuestion(candidate.question)));
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || a.length !== b.length) return false;
  return a.every((word, index) => word === b[index]) || adjectiveMoved(a, b);
}

/** `cancelled order` and `order cancelled`, also counted; with any word more, who is cancelled would be a guess. */
function adjectiveMoved(a: readonly string[], b: readonly string[]): boolean {
  const start = a[0] === 'count' && b[0] === 'count' ? 1 : 0;
  const [first, second, ...more] = a.slice(start);
  if (first === undefined || second === undefined || more.length > 0) return false;
  if (b[start] !== second || b[start + 1] !== first) return false;
  return movable.test(first) !== movable.test(second);
}

function tokenize(question: string): Token[] {
  const text = question.normalize('NFC');
  const shouted = text === text.toUpperCase();
  const tokens: Token[] = [];
  for (const match of text.matchAll(pieces)) {
    const quoted = match[1] ?? match[2] ?? match[3];
    if (quoted === undefined) tokens.push(...tokensOf(match[0], shouted || match.index === 0));
    else tokens.push({ text: `"${quoted}"`, literal: true });
  }
  return tokens;
}

/** @param ordinary capitals mean nothing here: all is in capitals, or the question begins */
function tokensOf(piece: string, ordinary: boolean): Token[] {
  if (number.test(piece)) {
    return [{ text: /^\d{1,3}(?:,\d{3})+$/.test(piece) ? piece.replaceAll(',', '') : piece, literal: true }];
  }
  const lower = piece.toLowerCase().replace('’', "'");
  const value = numberWords.get(lower);
  if (value !== undefined) return [{ text: value, literal: true }];
  if (piece.includes('-')) return piece.split('-').flatMap((part) => tokensOf(part, ordinary));
  if (lower.endsWith("n't")) return [plain(lower.slice(0, -3)), plain('not')];
  const literal = !ordinary && /^\p{Lu}+$/u.test(piece) && piece !== 'I';
  return [{ text: literal ? lower : lower.replace(/'s$/, ''), literal }];
}

function plain(text: string): Token {
  return { text, literal: false };
}

type Phrase = readonly string[];

function split(phrase: string): Phrase {
  return phrase.split(' ');
}

// Split once: thousands of verified questions may be compared with one that is asked.
const splitOpenings = openings.map(split);
const splitCommands = commands.map(split);
const splitInterrogatives = interrogatives.map(split);
const splitClosings = closings.map(split);
const splitSynonyms = synonyms.map(([from, to]) => [split(from), split(to)] as const);
const things: readonly Phrase[] = [
  ['list', 'price'],
  ['list', 'prices'],
];

/** How many tokens of `tokens` from `at` on a phrase covers; 0 when it does not stand there. */
function covers(tokens: readonly Token[], at: number, parts: Phrase): number {
  const fits = parts.every((part, index) => {
    const token = tokens[at + index];
    if (token === undefined) return false;
    return part === '#' ? number.test(token.text) : token.text === part && !token.literal;
  });
  return fits ? parts.length : 0;
}

function longest(tokens: readonly Token[], at: number, phrases: readonly Phrase[]): number {
  return Math.max(0, ...phrases.map((phrase) => covers(tokens, at, phrase)));
}

function dropOpening(tokens: readonly Token[]): Token[] {
  let at = 0;
  for (let step = longest(tokens, at, splitOpenings); step > 0; step = longest(tokens, at, splitOpenings))
    at += step;
  // "list prices" is the name of a thing.
  if (longest(tokens, at, things) === 0) at += longest(tokens, at, splitCommands);
  for (
    let step = longest(tokens, at, splitInterrogatives);
    step > 0;
    step = longest(tokens, at, splitInterrogatives)
  )
    at += step;
  return tokens.slice(at);
}

function dropClosing(tokens: readonly Token[]): Token[] {
  let left = tokens.slice();
  const closing = (): number =>
    Math.max(0, ...splitClosings.map((phrase) => covers(left, left.length - phrase.length, phrase)));
  for (let step = closing(); step > 0; step = closing()) left = left.slice(0, -step);
  return left;
}

function mergeSynonyms(tokens: readonly Token[]): Token[] {
  let merged = tokens.slice();
  for (const [from, to] of splitSynonyms) {
    if (!merged.some((_, at) => covers(merged, at, from) > 0)) continue;
    const result: Token[] = [];
    for (let at = 0; at < merged.length;) {
      const length = covers(merged, at, from);
      const here = merged[at];
      if (here === undefined) break;
      if (length === 0) result.push(here);
      else result.push(...replacement(to, merged[at + length - 1] ?? here));
      at += Math.max(1, length);
    }
    merged = result;
  }
  return merged;
}

/** The words of a synonym; `#` becomes the number that it was found with. */
function replacement(to: Phrase, last: Token): Token[] {
  return to.map((part) => (part === '#' ? last : plain(part)));
}

/** An article before nothing is a name: "products of category a". */
function isWeightless({ text }: Token, next: Token | undefined): boolean {
  return weightless.has(text) && (text !== 'a' || next !== undefined);
}
