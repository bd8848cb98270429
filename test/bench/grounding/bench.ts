/** Whether grounding lets every right name pass, catches every wrong one, and knows which name was meant. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openDatabase } from '../../../src/database/connect.ts';
import { introspect } from '../../../src/database/introspect.ts';
import { loadParser, type SqlParser } from '../../../src/database/parse.ts';
import { parseConnectionUrl } from '../../../src/database/profile.ts';
import { ground, indexNames, type NameIndex } from '../../../src/query/ground.ts';
import { parseVerified } from '../../../src/rag/verified.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { goldStatements, readQuestionSet, withAllColumns } from '../defog/questionSet.ts';
import type { BenchmarkOptions, Measurement, Tell } from '../measurement.ts';
import { misspellings, namePlaces } from './mutations.ts';

/** Those of the sample lie in schemas of its own; the dumps of defog in public. */
const searchPath = 'shop, hr, public';

interface Counts {
  statements: number;
  falseAlarms: number;
  mutants: number;
  caught: number;
  first: number;
  firstThree: number;
}

/**
 * Ours are wrong names that are not caught; the reference is the one in a hundred that may be.
 * @throws when the set cannot be read, or it is interrupted
 */
export async function measure(
  tell: Tell,
  signal: AbortSignal,
  options: BenchmarkOptions,
): Promise<Measurement> {
  const { dumps, questions } = readQuestionSet(options.questions, options.database);
  const parser = await loadParser();
  const server = await startPostgres();
  const counts: Counts = { statements: 0, falseAlarms: 0, mutants: 0, caught: 0, first: 0, firstThree: 0 };
  try {
    const sample = await namesOf(server, 'sample', sampleSql('schema'), signal);
    for (const { sql } of parseVerified(sampleSql('verified'))) {
      signal.throwIfAborted();
      count(sql, parser, sample, counts, tell, options);
    }
    for (const [database, dump] of dumps) {
      const names = await namesOf(server, database, dump, signal);
      for (const { gold } of questions.filter((each) => each.database === database)) {
        signal.throwIfAborted();
        for (const sql of goldStatements(gold).map(withAllColumns))
          count(sql, parser, names, counts, tell, options);
      }
    }
  } finally {
    await server.dispose();
  }
  const { statements, falseAlarms, mutants, caught, first, firstThree } = counts;
  const percent = (part: number): string => `${((100 * part) / mutants).toFixed(2)} %`;
  tell(`${statements} statements, ${falseAlarms} false alarms`);
  tell(
    `${mutants} misspelt names: ${percent(caught)} caught; the right one is first for ${percent(first)}, among three for ${percent(firstThree)}`,
  );
  return {
    ours: 100 * (1 - caught / mutants),
    reference: 1,
    unit: '% of the misspelt names not caught',
    extra: {
      statements,
      falseAlarms,
      mutants,
      caught: caught / mutants,
      first: first / mutants,
      firstThree: firstThree / mutants,
    },
  };
}

function count(
  sql: string,
  parser: SqlParser,
  names: NameIndex,
  counts: Counts,
  tell: Tell,
  { record }: BenchmarkOptions,
): void {
  const { findings } = ground(parser, names, sql);
  counts.statements++;
  if (findings.length > 0) {
    counts.falseAlarms++;
    tell(`false alarm: ${findings.map(({ name }) => name).join(', ')} in ${sql}`);
  }
  const places = namePlaces(parser, sql);
  // A misspelling that is a name of the statement or the catalog is no misspelling.
  const known = new Set(places.map(({ name }) => name.toLowerCase()));
  for (const key of names.catalog.callables.functions.keys()) known.add(key.slice(key.indexOf('.') + 1));
  for (const { name: relation, columns } of names.catalog.relations) {
    known.add(relation);
    for (const column of columns) known.add(column.name);
  }
  for (const { name, start, end } of places) {
    for (const wrong of misspellings(name)) {
      if (known.has(wrong.toLowerCase())) continue;
      const mutant = sql.slice(0, start) + wrong + sql.slice(end);
      if (!parser.parse(mutant).ok) continue;
      const found = ground(parser, names, mutant).findings.find(
        ({ position }) => position <= start && start < position + 200,
      );
      counts.mutants++;
      if (found === undefined) {
        record({ missed: wrong, meant: name, sql: mutant });
        continue;
      }
      counts.caught++;
      const place = found.candidates.findIndex(
        (each) => each.toLowerCase().split('.').at(-1) === name.toLowerCase(),
      );
      if (place === 0) counts.first++;
      if (place !== -1 && place < 3) counts.firstThree++;
      else record({ wrong, meant: name, candidates: found.candidates, sql: mutant });
    }
  }
}

function sampleSql(name: 'schema' | 'verified'): string {
  return readFileSync(resolve(import.meta.dirname, `../../../src/sample/${name}.sql`), 'utf8');
}

async function namesOf(
  server: PostgresServer,
  database: string,
  dump: string,
  signal: AbortSignal,
): Promise<NameIndex> {
  await server.run(`CREATE DATABASE ${database}`);
  await server.run(`ALTER DATABASE ${database} SET search_path = ${searchPath}`);
  await server.run(dump, database);
  const { profile, password } = parseConnectionUrl(server.url(database, 'disable'), 'bench');
  const opened = openDatabase(profile, { password: () => Promise.resolve(password) });
  try {
    return indexNames(await introspect(opened, signal));
  } finally {
    await opened.dispose();
  }
}
