/** A question's way as Markdown for a bug report: the trace with secrets, values, rows and the wording of prompts removed. */
import { tokenCursor } from '../database/sqlTokens.ts';
import type { Retrieval, RetrievedTable } from '../rag/retrieval.ts';
import { redactSql, redactStatement, redactText, valuesIn, type Redaction } from './redact.ts';
import { parseReply } from './reply.ts';
import { renderTimings, type Exchange, type Trace } from './trace.ts';

/** What the connection is called, each by the word that stands for it in the report. */
export type ConnectionNames = Readonly<Record<string, string | undefined>>;

const explained = [
  'Removed: values, rows, literals, comments, the wording of prompts and explanations, passages of documents, names of the',
  'connection, addresses, keys. **Still there: the names of schemas, tables and columns, and the words of the question that',
  'are not in quotes.** Read it before you post it.',
].join('\n');

/** @param names of the connection: host, user, database… */
export function renderBugReport(trace: Trace, names: ConnectionNames): string {
  const redaction = redactionFor(trace, names);
  const said = (text: string): string => escaped(redactText(text, redaction));
  const { retrieval, conversation, askedBack } = trace;
  return [
    '# Khipu: what became of a question',
    '',
    explained,
    '',
    `Question: ${said(wordsOf(trace))}`,
    '',
    ...(trace.statement === undefined ? [] : fenced(redactStatement(trace.statement, redaction))),
    ...(trace.promptVersion === undefined ? [] : [`Prompt version ${trace.promptVersion}.`, '']),
    ...(conversation === undefined
      ? []
      : [
          `It goes on from ${counted(conversation.turns.length, 'question')}; ${conversation.leftOut.length} left out.`,
          '',
          ...conversation.turns.flatMap(({ sql }) => (sql === undefined ? [] : sqlBlock(sql, redaction))),
        ]),
    ...trace.exchanges.flatMap((exchange, index) => exchangeLines(exchange, index + 1, redaction)),
    ...(retrieval === undefined ? [] : retrievalLines(retrieval, redaction)),
    ...(askedBack === undefined
      ? []
      : [`The model asked back, with ${counted(askedBack.options.length, 'option')}.`, '']),
    ...(trace.planned === undefined
      ? []
      : ['## Plan', '', escaped(redactText(trace.planned, redaction, 'kept')), '']),
    ...(trace.sql === undefined ? [] : ['## SQL that was run', '', ...sqlBlock(trace.sql, redaction)]),
    ...(trace.error === undefined ? [] : ['## How it failed', '', said(trace.error), '']),
    ...['## Time', '', ...renderTimings(trace), ''],
  ].join('\n');
}

function exchangeLines(exchange: Exchange, number: number, redaction: Redaction): string[] {
  const { model, locality, messages, reply, usage, ms, verdicts = [], finding } = exchange;
  const to =
    model === undefined ? 'no model answered' : `${redactText(model, redaction)} (${locality ?? '?'})`;
  const tokens = `${usage.inputTokens ?? '?'} tokens in, ${usage.outputTokens ?? '?'} out`;
  const sent = messages.map(({ role, content }) => `${role} ${counted(content.length, 'character')}`);
  return [
    ...[`## Exchange ${number}: ${escaped(to)} · ${ms.toFixed(0)} ms · ${tokens}`, ''],
    ...[`Sent: ${sent.join(', ') || 'nothing'}.`, ''],
    ...replyLines(reply, redaction),
    ...(verdicts.length === 0 ? [] : [`Checked: ${verdicts.join(', ')}.`, '']),
    ...(finding === undefined ? [] : [`Could not be used: ${escaped(redactText(finding, redaction))}`, '']),
  ];
}

function replyLines(reply: string, redaction: Redaction): string[] {
  const sql = sqlIn(reply);
  const size = counted(reply.length, 'character');
  return sql === undefined
    ? [`Reply: ${size}, no SQL.`, '']
    : [`Reply: ${size}, with`, '', ...sqlBlock(sql, redaction)];
}

function sqlIn(reply: string): string | undefined {
  try {
    const read = parseReply(reply);
    return read.kind === 'sql' ? read.sql : undefined;
  } catch {
    return undefined; // it has none that could be used
  }
}

/** The question without the statement that it is about: literals and comments are taken out of that one as out of SQL. */
function wordsOf({ question, statement }: Trace): string {
  return statement === undefined ? question : question.replace(statement, () => '').replace(/[:\s]+$/, '');
}

function sqlBlock(sql: string, redaction: Redaction): string[] {
  const text = redactSql(sql, redaction);
  if (text === undefined) return [`(${counted(sql.length, 'character')} that are no query)`, ''];
  return fenced(text);
}

function fenced(sql: string): string[] {
  // No literal and no comment is left that could hold a fence.
  return ['```sql', sql.replaceAll('`', '…'), '```', ''];
}

function retrievalLines(retrieval: Retrieval, redaction: Redaction): string[] {
  const { engine, ms, notice, verified, tables, ranking, values, examples, accepted, documents, glossary } =
    retrieval;
  const taken = new Set(tables.map(idOf));
  const next = ranking.filter(({ id }) => !taken.has(id)).slice(0, 5);
  return [
    ...[`## Retrieval (${engine}, ${ms.toFixed(0)} ms)`, ''],
    ...(notice === undefined ? [] : [escaped(redactText(notice, redaction)), '']),
    ...(verified === undefined
      ? []
      : ['Answered by a verified question.', '', ...sqlBlock(verified.sql, redaction)]),
    ...['| table | why | score | columns |', '|---|---|---|---|', ...tables.map(tableRow), ''],
    ...(next.length === 0
      ? []
      : [
          `Next, and left out: ${next.map(({ id, score }) => `${escaped(id)} (${score.toFixed(2)})`).join(', ')}.`,
          '',
        ]),
    ...values.map(
      ({ table, column }) => `- ‘…’ in the question is a value of ${escaped(`${table}.${column}`)}.`,
    ),
    `- Examples: ${examples.length} verified, ${accepted.length} of the history; ${counted(documents.length, 'passage')} of documents.`,
    ...(glossary === undefined
      ? []
      : [
          `- Glossary: ${glossary.matches.length} of its entries, ${glossary.leftOut.length} left out, ${counted(glossary.faults.length, 'file')} with faults.`,
        ]),
    '',
  ];
}

function tableRow(table: RetrievedTable): string {
  const { reason, score, columns } = table;
  return `| ${escaped(idOf(table))} | ${reason} | ${score.toFixed(2)} | ${columns === undefined ? 'all' : escaped(columns.join(', '))} |`;
}

function idOf({ schema, name }: Pick<RetrievedTable, 'schema' | 'name'>): string {
  return `${schema}.${name}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Without meaning anything in Markdown. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*[\]<>|#]/g, '\\$&');
}

/** Units of time are written as literals and say nothing of anyone's data. */
const units = new Set(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']);
/** Shorter values are in too many words. */
const shortestValue = 3;

function redactionFor(trace: Trace, connection: ConnectionNames): Redaction {
  const { retrieval } = trace;
  const names = namesOf(retrieval);
  const statements = statementsOf(trace);
  const quoted = [...wordsOf(trace).matchAll(/["“‘«']([^"”’»']+)["”’»']/g)].map(([, text = '']) => text);
  const met = [
    ...statements.flatMap(valuesIn),
    ...(retrieval?.values ?? []).map(({ value }) => value),
    ...quoted,
  ].map((each) => each.trim().toLowerCase());
  const values = new Set(
    met.filter((each) => each.length >= shortestValue && !units.has(each) && !names.has(each)),
  );
  const secrets = new Map<string, string>();
  const standIns: ConnectionNames = { ...connection, connection: trace.connection };
  for (const [standIn, text] of Object.entries(standIns))
    if (text !== undefined && text.trim() !== '') secrets.set(text, standIn);
  return { secrets, names, values, written: new Set(statements.flatMap(wordsIn)) };
}

function namesOf(retrieval: Retrieval | undefined): Set<string> {
  const tables = (retrieval?.tables ?? []).flatMap(({ schema, name, columns = [], why }) => [
    ...[schema, name, `${schema}.${name}`],
    ...columns,
    ...(why?.columns ?? []).map((column) => column.name),
  ]);
  const ranked = (retrieval?.ranking ?? []).map(({ id }) => id);
  const ofValues = (retrieval?.values ?? []).flatMap(({ table, column }) => [table, column]);
  return new Set([...tables, ...ranked, ...ofValues].map((each) => each.toLowerCase()));
}

function statementsOf({ exchanges, sql, statement, conversation, retrieval }: Trace): string[] {
  const all = [
    ...exchanges.map(({ reply }) => sqlIn(reply)),
    sql,
    statement,
    ...(conversation?.turns ?? []).map((turn) => turn.sql),
    ...[retrieval?.verified, ...(retrieval?.examples ?? []), ...(retrieval?.accepted ?? [])].map(
      (each) => each?.sql,
    ),
  ];
  return all.filter((each) => each !== undefined);
}

function wordsIn(sql: string): string[] {
  const words: string[] = [];
  const cursor = tokenCursor(sql);
  while (cursor.next())
    if (cursor.kind === 'word') words.push(sql.slice(cursor.start, cursor.end).toLowerCase());
  return words;
}
