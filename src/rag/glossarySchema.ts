/** The form of `.khipu/khipu.yml`: the one source of what is read, of the JSON schema, and of what completion offers. */
import * as z from 'zod/mini';

/** What of an entry goes into a prompt goes there whole, so these limits are those of a prompt. */
export const longestMeaning = 400;
export const longestSql = 600;

/** Each question is compared with all of them. */
const mostEntries = 2000;

const described = (text: string) => z.describe<unknown>(text);
const word = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));
const words = (text: string) => z.optional(z.array(word).check(z.maxLength(30), described(text)));
const place = z.string().check(z.trim(), z.minLength(1), z.maxLength(200));
const places = (text: string) => z.optional(z.array(place).check(z.maxLength(30), described(text)));
const prose = (text: string) =>
  z.optional(z.string().check(z.trim(), z.maxLength(longestMeaning), described(text)));
const connections = z.optional(
  z.array(word).check(described('Names of the connections that this is for; all of them when left out.')),
);

const term = z.strictObject({
  term: word.check(described('The word or words as people say them in a question.')),
  synonyms: words('Other words for the same.'),
  means: prose('What it means, for the model: one or two sentences.'),
  tables: places('What it is about: schema.table or schema.table.column.'),
  connections,
});

const metric = z.strictObject({
  name: word.check(described('The metric as people call it in a question.')),
  synonyms: words('Other names for the same.'),
  sql: z
    .string()
    .check(
      z.trim(),
      z.minLength(1),
      z.maxLength(longestSql),
      described('The SQL expression that computes it, such as sum(quantity * unit_price).'),
    ),
  tables: places('The tables that the expression is over: schema.table.'),
  description: prose('What it counts and what it leaves out.'),
  connections,
});

const side = z.union([place, z.array(place).check(z.minLength(1), z.maxLength(10))]);

const join = z.strictObject({
  from: side.check(described('schema.table.column; a list of them when it takes several.')),
  to: side.check(described('The column that it matches, or as many columns as `from` has.')),
  note: prose('What to know when joining.'),
  connections,
});

export const glossarySchema = z.strictObject({
  version: z._default(z.literal(1), 1).check(described('The version of this form.')),
  connections,
  terms: z.optional(
    z.array(term).check(z.maxLength(mostEntries), described('Words of your business, and what they mean.')),
  ),
  metrics: z.optional(
    z.array(metric).check(z.maxLength(mostEntries), described('Figures, and the SQL that computes them.')),
  ),
  joins: z.optional(
    z
      .array(join)
      .check(z.maxLength(mostEntries), described('How tables are joined where no foreign key says it.')),
  ),
  hidden: z.optional(
    z
      .array(place)
      .check(
        z.maxLength(mostEntries),
        described('Tables that no model is told of: schema.table, or patterns such as schema.* and *.tmp_*.'),
      ),
  ),
  documents: z.optional(
    z
      .array(place)
      .check(z.maxLength(100), described('Folders of documents about the data, from the workspace folder.')),
  ),
});
export type GlossaryContent = z.output<typeof glossarySchema>;
export type TermEntry = z.output<typeof term>;
export type MetricEntry = z.output<typeof metric>;
export type JoinEntry = z.output<typeof join>;

/** The keys of the lists whose items are entries, and what an item is called in messages. */
export const entryNames = { terms: 'Term', metrics: 'Metric', joins: 'Join' } as const;

/** The JSON schema of the form, as editors read it. */
export function glossaryJsonSchema(): unknown {
  return {
    title: 'Khipu glossary',
    description: 'What Khipu is told about your databases: .khipu/khipu.yml.',
    ...z.toJSONSchema(glossarySchema, { io: 'input' }),
  };
}
