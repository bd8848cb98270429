/** Splits identifiers and questions into the lower-case words that both sides of the search are made of. */

/** Words of a question that say nothing about which tables it needs. */
const stopWords: ReadonlySet<string> = new Set(
  (
    'a an and any are as at be been but by can could did do does each every for from get give had has have how i if in is it ' +
    'its list many me much my of on or our please show tell than that the their them there these they this those to us was ' +
    'we were what when where which who whom whose will with would you your find all about altogether approximately currently exactly ' +
    'roughly'
  ).split(' '),
);

/** Endings whose final s is not a plural's. */
const notPlural = /(?:ss|us|is|os|news|series|species|always|less)$/;

/** Plurals in -ies whose singular ends in -ie. */
const ieWords: ReadonlySet<string> = new Set(
  'movies cookies ties pies calories zombies selfies rookies'.split(' '),
);

/**
 * The singular of an English plural by its ending; any other word as it is. It yields words that exist, unlike a
 * stemmer of the Porter kind, because a word-vector table is looked up with them.
 */
export function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || notPlural.test(word)) return word;
  if (word.endsWith('ies') && !ieWords.has(word)) return `${word.slice(0, -3)}y`;
  if (/(?:sses|shes|ches|xes|zes|uses)$/.test(word))
    return word.endsWith('uses') ? singularOfUses(word) : word.slice(0, -2);
  return word.slice(0, -1);
}

/** "statuses" loses "es", "houses" and "causes" only the "s". */
function singularOfUses(word: string): string {
  return /(?:atuses|nuses|ruses|puses)$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** Where a word ends inside an identifier: aB, ABc, a1, 1a. */
const wordBorder =
  /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

const oneWord = /^[a-z]+$/;
/** Names are read by the hundred thousand, and nearly all are of these: their classes are found ten times as fast. */
const ascii = /^[\x20-\x7e]*$/;
const asciiRuns = /[A-Za-z0-9]+/g;

/** Everything that can be part of a word; what lies between separates, underscores and dots included. */
const runs = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * The words of an identifier or a text, in order: `order_lines`, `orderLines` and "Order lines" all give
 * `order`, `line`; an acronym stays whole (`HTTPServer` gives `http`, `server`).
 */
export function words(text: string): string[] {
  const found: string[] = [];
  const parts = ascii.test(text) ? text.match(asciiRuns) : text.normalize('NFC').match(runs);
  for (const run of parts ?? []) {
    // Most names are in lower case, and looking for borders takes ten times as long.
    if (oneWord.test(run)) found.push(singular(run));
    else for (const part of run.split(wordBorder)) found.push(singular(part.toLowerCase()));
  }
  return found;
}

/** The words of a question without those that every question has; all of them when nothing else is left. */
export function contentWords(text: string): string[] {
  const all = words(text);
  const content = all.filter((word) => !stopWords.has(word));
  return content.length === 0 ? all : content;
}
