/** The two databases that every surface is driven against: the embedded sample, and a Postgres server. */
import { openSample } from './khipu.ts';
import { openZoo } from './zoo.ts';

/** A database with one question whose answer is known. */
export interface Database {
  readonly name: string;
  readonly id: string;
  /** What a model that understood the question writes. */
  readonly sql: string;
  readonly question: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** A question that has a verified answer, and the columns of it; the sample alone has such. */
  readonly verified: { readonly question: string; readonly columns: readonly string[] } | undefined;
  /** Makes it ready. @returns what ends it */
  open(): Promise<() => Promise<void>>;
}

export const databases: readonly Database[] = [
  {
    name: 'the sample',
    id: 'sample',
    question: 'In which South American countries do we sell, and in what currency?',
    sql: `SELECT c.name, c.currency FROM shop.countries AS c WHERE c.region = 'South America' ORDER BY c.name`,
    columns: ['name', 'currency'],
    rows: [
      ['Brazil', 'BRL'],
      ['Peru', 'PEN'],
    ],
    verified: { question: 'How many orders per country?', columns: ['country', 'orders'] },
    async open() {
      await openSample();
      return () => Promise.resolve();
    },
  },
  {
    name: 'a Postgres server',
    id: 'zoo',
    question: 'How many legs has each animal?',
    sql: 'SELECT a.name, a.legs FROM zoo.animals AS a ORDER BY a.id',
    columns: ['name', 'legs'],
    rows: [
      ['Aardvark Zebulon', '4'],
      ['Ostrich Quillon', '2'],
      ['Snake Ouroborix', null],
    ],
    verified: undefined,
    async open() {
      const zoo = await openZoo('zoo');
      return () => zoo.dispose();
    },
  },
];
