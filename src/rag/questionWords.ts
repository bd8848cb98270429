/** The small dictionary by which two wordings of one question become the same words; order within each list matters. */

/** Courtesies and commands that may open a question; each is taken away once, as long as one of them stands there. */
export const openings: readonly string[] = [
  'please',
  'kindly',
  'hey',
  'hello',
  'hi',
  'can you',
  'could you',
  'would you',
  'will you',
  'can i',
  'could i',
  'may i',
  'i want to',
  'i need to',
  'i would like to',
  "i'd like to",
  'i want',
  'i need',
  'let me',
];

/** What asks for an answer; only one of them is taken away, for after it the same word is a noun: "show list prices". */
export const commands: readonly string[] = [
  'show me',
  'show us',
  'show',
  'give me',
  'give us',
  'give',
  'tell me',
  'tell us',
  'list me',
  'list',
  'find me',
  'find',
  'get me',
  'get',
  'know',
  'see',
];

/** How a question may go on after the command. */
export const interrogatives: readonly string[] = [
  'what are',
  'what is',
  "what's",
  'what were',
  'what was',
  'which are',
  'which is',
  'which were',
  'which was',
  'who are',
  'who is',
  "who's",
  'who were',
  'who was',
  'are there',
  'is there',
  'there are',
  'what',
  'which',
  'who',
  'all of the',
  'all of',
  'all the',
  'all',
];

/** What may close a question without meaning anything. */
export const closings: readonly string[] = [
  'please',
  'thank you',
  'thanks',
  'are there',
  'there are',
  'do we have',
  'do i have',
  'we have',
  'do exist',
  'exist',
];

/** Wordings of one meaning. `#` stands for a number; longer ones come before those that they contain. */
export const synonyms: readonly (readonly [from: string, to: string])[] = [
  ['the total number of', 'count'],
  ['total number of', 'count'],
  ['the number of', 'count'],
  ['number of', 'count'],
  ['the count of', 'count'],
  ['count of', 'count'],
  ['count the', 'count'],
  ['count all', 'count'],
  ['how many', 'count'],
  ['the sum of', 'total'],
  ['sum of', 'total'],
  ['sum', 'total'],
  ['the total of', 'total'],
  ['total of', 'total'],
  ['the average of', 'average'],
  ['average of', 'average'],
  ['the mean of', 'average'],
  ['mean of', 'average'],
  ['mean', 'average'],
  ['avg', 'average'],
  ['maximum', 'max'],
  ['minimum', 'min'],
  ['grouped by', 'per'],
  ['group by', 'per'],
  ['broken down by', 'per'],
  ['by each', 'per'],
  ['by', 'per'],
  ['for each', 'per'],
  ['for every', 'per'],
  ['in each', 'per'],
  ['in every', 'per'],
  ['of each', 'per'],
  ['of every', 'per'],
  ['per each', 'per'],
  ['who have', 'with'],
  ['who has', 'with'],
  ['that have', 'with'],
  ['that has', 'with'],
  ['which have', 'with'],
  ['which has', 'with'],
  ['have', 'with'],
  ['has', 'with'],
  ['having', 'with'],
  ['do not with any', 'without'],
  ['do not with', 'without'],
  ['does not with any', 'without'],
  ['does not with', 'without'],
  ['not with any', 'without'],
  ['not with', 'without'],
  ['with no', 'without'],
  ['without any', 'without'],
  ['more than #', '> #'],
  ['greater than #', '> #'],
  ['over #', '> #'],
  ['above #', '> #'],
  ['less than #', '< #'],
  ['fewer than #', '< #'],
  ['under #', '< #'],
  ['below #', '< #'],
  ['at least #', '>= #'],
  ['at most #', '<= #'],
  ['during', 'in'],
  ['canceled', 'cancelled'],
  ['unique', 'distinct'],
];

/** Words without weight wherever they stand; everything else, prepositions and negations too, is compared. */
export const weightless: ReadonlySet<string> = new Set(
  'the a an of is are was were do does did that which who whom our your please'.split(' '),
);

/** Where one of these stands, one thing and several things are different answers: "the best customer". */
export const ranking: ReadonlySet<string> = new Set(
  'top bottom best worst most least first last max min highest lowest next previous'.split(' '),
);

/** Adjectives and participles that mean the same before their noun and after it. */
export const movable = /^(?:active|inactive|open|closed|pending|unpaid|paid|new|old|\p{L}{3,}ed)$/u;

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** Number words below a hundred, the tens with a hyphen: `twenty-five`. */
export const numberWords: ReadonlyMap<string, string> = new Map([
  ...small.map((word, value) => [word, String(value)] as const),
  ...tens.map((word, index) => [word, String((index + 2) * 10)] as const),
  ...tens.flatMap((ten, index) =>
    small
      .slice(1, 10)
      .map((unit, value) => [`${ten}-${unit}`, String((index + 2) * 10 + value + 1)] as const),
  ),
]);
