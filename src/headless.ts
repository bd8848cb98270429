/** The second composition root: `npm run ask`, one question without an editor, over the same rooms. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { aiPolicies, parseConnectionUrl } from './database/profile.ts';
import type { ProfileSource } from './database/connections.ts';
import type { Fallback } from './models/fallback.ts';
import { createModelChain } from './models/modelChain.ts';
import { parseModelChoice } from './models/modelChoice.ts';
import { defaultOllamaUrl } from './models/ollamaModels.ts';
import { createParts, type PartsOptions } from './parts.ts';
import { emptyGlossary, glossaryFor } from './rag/glossary.ts';
import { createGlossaryReader } from './rag/glossaryReader.ts';
import { sampleProfileId } from './sample/profileId.ts';
import { sourceName } from './query/documentText.ts';
import type { AskedBackWords } from './query/conversation.ts';
import { startTrace, timed, totalUsage, type Trace } from './query/trace.ts';
import type { DocumentFolder } from './shared/documentProtocol.ts';
import { KhipuError, toKhipuError } from './shared/errors.ts';
import { problemOf } from './shared/messages.ts';
import type { AnswerHeader, ResultColumn, ResultRow } from './shared/resultsProtocol.ts';

const usage = `Usage: npm run ask -- "How many orders per country?" [options]
  --connection URL    postgres://user:password@host:5432/database (default: the embedded sample)
  --model NAME        openai:NAME, ollama:NAME or none (default: an Ollama on this machine when one answers)
  --base-url URL      the model server, for anything that speaks OpenAI's or Ollama's API
  --policy POLICY     what may be sent to a model: schema (default), samples (common values, too) or results
  --khipu DIR         folder of the glossary khipu.yml and of documents in docs (default: .khipu here)
  --glossary FILE     the glossary itself, instead
  --documents DIR     a folder of documents (.md, .txt, .pdf, comments of .sql); may be given more than once
  --limit N           rows to print (default 100)
  --json              one JSON document on stdout
Keys come from the environment: OPENAI_API_KEY.`;

const options = z.object({
  question: z.string().min(1),
  connection: z.string().optional(),
  model: z.string().optional(),
  'base-url': z.url().optional(),
  policy: z.enum(aiPolicies).default('schema'),
  khipu: z.string().min(1).optional(),
  glossary: z.string().min(1).optional(),
  documents: z.array(z.string().min(1)).default([]),
  limit: z.coerce.number().int().positive().max(1_000_000).default(100),
  json: z.boolean().default(false),
});
type Options = z.infer<typeof options>;

/** What came of a question; `--json` prints it as it is. */
interface Outcome {
  readonly trace: Trace;
  readonly header: AnswerHeader | undefined;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly ResultRow[];
  readonly complete: boolean;
  readonly error: KhipuError | undefined;
  /** What the model asked back instead of answering. */
  readonly askedBack?: AskedBackWords | undefined;
}

function readOptions(argv: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        connection: { type: 'string' },
        model: { type: 'string' },
        'base-url': { type: 'string' },
        policy: { type: 'string' },
        khipu: { type: 'string' },
        glossary: { type: 'string' },
        documents: { type: 'string', multiple: true },
        limit: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const read = options.safeParse({ ...values, question: positionals.join(' ') });
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const subject = issue?.path[0] === 'question' ? 'the question' : `--${String(issue?.path[0])}`;
    throw new KhipuError('invalid-input', `${subject}: ${issue?.message ?? 'not understood'}.`);
  } catch (thrown) {
    if (thrown instanceof KhipuError) throw thrown;
    throw new KhipuError('invalid-input', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function modelsFrom(chosen: Options): Fallback {
  const { model, 'base-url': baseUrl } = chosen;
  const first = model === undefined ? 'auto' : model === 'none' ? 'none' : parseModelChoice(model, baseUrl);
  const ollamaUrl = model === undefined && baseUrl !== undefined ? baseUrl : defaultOllamaUrl;
  return createModelChain({ first, then: [], ollamaUrl }, () =>
    Promise.resolve(process.env['OPENAI_API_KEY'] || undefined),
  );
}

/** The one connection that was named; its password stays in memory. */
function profilesFrom(chosen: Options): { id: string; source: ProfileSource } {
  if (chosen.connection === undefined) {
    const unknown = new KhipuError('invalid-input', 'There is no such connection.');
    return { id: sampleProfileId, source: { resolve: () => Promise.reject(unknown) } };
  }
  const { profile, password } = parseConnectionUrl(chosen.connection, 'ask');
  const id = `${profile.host}:${profile.port}/${profile.database}`;
  const context = { password: () => Promise.resolve(password) };
  return { id, source: { resolve: () => Promise.resolve({ profile: { ...profile, id }, context }) } };
}

/** Reads the one glossary. @throws KhipuError `file-failed` for a file that was named and is not there */
function glossaryFrom(chosen: Options, dist: string): PartsOptions['glossary'] {
  const here = process.env['INIT_CWD'] ?? process.cwd(); // npm runs in the package's folder, the user does not
  const path = resolve(here, chosen.glossary ?? join(chosen.khipu ?? '.khipu', 'khipu.yml'));
  const read = createGlossaryReader(join(dist, 'glossaryWorker.cjs'));
  return async ({ name }, signal) => {
    try {
      const text = await readFile(path, 'utf8');
      return glossaryFor([{ ...(await read(text, signal)), path }], name);
    } catch (thrown) {
      const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
      if (missing && chosen.glossary === undefined && chosen.khipu === undefined) return emptyGlossary;
      if (thrown instanceof KhipuError) throw thrown;
      const why = missing ? 'there is no such file' : String(thrown);
      throw new KhipuError('file-failed', `The glossary ${path} was not read: ${why}.`);
    }
  };
}

/** Those that are named, and `docs` beside the glossary. Their files are called by the path from the folder they lie in. */
function documentFolders({ documents, khipu = '.khipu' }: Options): DocumentFolder[] {
  const here = process.env['INIT_CWD'] ?? process.cwd(); // npm runs in the package's folder, the user does not
  const folder = (named: string, optional: boolean): DocumentFolder => {
    const path = resolve(here, named);
    return { path, base: dirname(path), optional };
  };
  return [folder(join(khipu, 'docs'), true), ...documents.map((named) => folder(named, false))];
}

async function answer(
  chosen: Options,
  dist: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const trace = startTrace(chosen.question, chosen.connection === undefined ? 'Sample shop' : 'connection');
  const nothing = { trace, header: undefined, columns: [], rows: [], complete: true, error: undefined };
  const target = profilesFrom(chosen);
  const models = modelsFrom(chosen);
  const parts = createParts({
    dist,
    storage: join(dist, '..', '.cache', 'ask'),
    log,
    models: () => models,
    profiles: target.source,
    documentFolders: () => documentFolders(chosen),
    adjust: (profile) => ({ ...profile, aiPolicy: chosen.policy, rowCap: chosen.limit }),
    glossary: glossaryFrom(chosen, dist),
    onConnectionChange: () => undefined,
  });
  try {
    const connected = await timed(trace, 'connect', () => parts.connections.connect(target.id, signal));
    const documents = await parts.documents.refresh(signal);
    for (const notice of documents.notices) console.error(`Documents: ${notice}`);
    await timed(trace, 'index', () => parts.answers.index(connected, signal));
    const told = await parts.answers.ask(
      { question: chosen.question },
      connected,
      trace,
      ({ step }) => log(step),
      signal,
    );
    if ('clarification' in told) {
      const { clarification: question, options } = told;
      return { ...nothing, askedBack: { question, options } };
    }
    if (!('rows' in told)) throw new KhipuError('internal', 'The statement was not run.');
    const rows = await told.rows.page(0, chosen.limit, signal);
    const { columns, total } = told.rows;
    await told.rows.close();
    return { trace, header: told.header, columns, rows, complete: total.complete, error: undefined };
  } catch (thrown) {
    return { ...nothing, error: toKhipuError(thrown) };
  } finally {
    await parts.dispose();
  }
}

/** The whole story as one JSON value: the contract of `--json`. */
function toJson({ trace, header, columns, rows, complete, error, askedBack }: Outcome): unknown {
  const sent = trace.exchanges.map(({ model, locality, messages }) => ({
    model: model ?? null,
    locality,
    messages,
  }));
  return {
    question: trace.question,
    sql: header?.sql ?? error?.detail.sql ?? null,
    tables: header?.tables ?? [],
    source: header?.source ?? null,
    model: header?.model ?? null,
    explanation: header?.explanation ?? null,
    assumptions: header?.assumptions ?? [],
    readings: header?.readings ?? [],
    askedBack: askedBack ?? null,
    sources: header?.sources ?? [],
    notices: header?.notices ?? [],
    sent,
    usage: totalUsage(trace),
    timings: Object.fromEntries(
      Object.entries(trace.timings).map(([step, ms]) => [step, Math.round(ms * 10) / 10]),
    ),
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows,
    complete,
    error:
      error === undefined
        ? null
        : { kind: error.kind, ...problemOf(error), actions: undefined, connectionId: undefined },
  };
}

function print({ trace, header, columns, rows, complete, error, askedBack }: Outcome): void {
  if (askedBack !== undefined) {
    const { question, options } = askedBack;
    const lines = [`The model asks back: ${question}`, ...options.map((each) => `  - ${each}`)];
    console.error([...lines, 'Ask again with the answer in your question.'].join('\n'));
    return;
  }
  if (error !== undefined) {
    const { what, next, sql, candidates } = problemOf(error);
    console.error(
      [what, next, ...candidates.map((each) => `  - ${each}`), ...(sql === undefined ? [] : ['', sql])].join(
        '\n',
      ),
    );
    return;
  }
  console.log(`${header?.sql ?? ''}\n`);
  console.log(`Tables: ${header?.tables.join(', ') ?? ''}`);
  console.log(`Source: ${header?.source === 'verified' ? 'a verified question' : (header?.model ?? '')}`);
  console.log(`Sent:   ${sentInWords(trace)}`);
  for (const source of header?.sources ?? []) console.log(`Document: ${sourceName(source)}`);
  for (const assumption of header?.assumptions ?? []) console.log(`Assumed: ${assumption}`);
  for (const reading of header?.readings ?? []) console.log(`Or read as: ${reading}`);
  for (const notice of header?.notices ?? []) console.log(`Note:   ${notice}`);
  console.log(`\n${table(columns, rows)}\n${rows.length}${complete ? '' : '+'} rows`);
}

function sentInWords(trace: Trace): string {
  if (trace.exchanges.length === 0) return 'nothing, to no model';
  const passages = trace.retrieval?.documents.length ?? 0;
  const more =
    passages === 0 ? '' : `, and ${passages === 1 ? 'a passage' : `${passages} passages`} of documents`;
  const words = trace.exchanges.map(({ model, locality, messages }) => {
    const length = messages.reduce((sum, message) => sum + message.content.length, 0);
    return `${length} characters (the question and the schema of the tables${more}) to ${model ?? 'no one'}, ${locality ?? 'unanswered'}`;
  });
  return words.join('; ');
}

function table(columns: readonly ResultColumn[], rows: readonly ResultRow[]): string {
  const longest = 60;
  const shown = rows.map((row) => row.map((cell) => shorten(cell ?? 'NULL', longest)));
  const widths = columns.map((column, at) =>
    Math.max(column.name.length, ...shown.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) =>
        columns[at]?.align === 'right' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.name)),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...shown.map(line),
  ].join('\n');
}

/** One line, without what would steer a terminal. */
function shorten(text: string, limit: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

async function main(): Promise<number> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new KhipuError('cancelled', 'Cancelled.')));
  try {
    const chosen = readOptions(process.argv.slice(2));
    const dist = dirname(process.argv[1] ?? '');
    const log = (line: string): void => {
      if (!chosen.json) process.stderr.write(`${line}\n`);
    };
    const outcome = await answer(chosen, dist, log, interrupted.signal);
    if (chosen.json) console.log(JSON.stringify(toJson(outcome)));
    else print(outcome);
    return outcome.rows.length > 0 ? 0 : 1;
  } catch (thrown) {
    const error = toKhipuError(thrown);
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
