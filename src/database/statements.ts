/** Splits a script into statements, whatever state it is in, and finds the comments that stand above them. */
import { commentSpans, statementSpans, type CommentSpan } from './statementSpans.ts';

/** A piece of a script; UTF-16 offsets, `end` is exclusive. */
export interface ScriptPart {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Statement extends ScriptPart {
  /** Where it ends together with its `;`; the same as `end` when it has none. */
  readonly terminatedEnd: number;
  /** The comment directly above it, or before it on its line. */
  readonly leadingComment?: ScriptPart;
}

/** One block comment, or `--` comments on consecutive lines, that begins a line between statements. */
export interface CommentBlock extends ScriptPart {
  /** What it says, without comment marks and margins. */
  readonly prose: string;
  /** The statement directly below it: without a blank line, or anything else, in between. */
  readonly statement?: Statement;
}

export interface Script {
  readonly statements: readonly Statement[];
  /** The comments between the statements, each with the statement that it stands above: what inline generation works on. */
  readonly commentBlocks: readonly CommentBlock[];
}

/** Splits a script as psql does: a statement ends at its `;`, at a psql command (which is skipped), or at the end of the script. */
export function splitStatements(script: string): readonly Statement[] {
  return readScript(script).statements;
}

/**
 * The statement at a caret: one that contains it (its `;` and leading comment included), else one that ends on the caret's line.
 * @param offset UTF-16 offset
 */
export function statementAt(script: string, offset: number): Statement | undefined {
  const { statements } = readScript(script);
  const latest = statements.findLast(
    ({ start, leadingComment }) => (leadingComment?.start ?? start) <= offset,
  );
  if (latest === undefined || offset <= latest.terminatedEnd) return latest;
  return /[\n\r]/.test(script.slice(latest.terminatedEnd, offset)) ? undefined : latest;
}

/** Statements and comment blocks in one pass. Never throws; an unterminated quote or comment runs to the end of the script. */
export function readScript(script: string): Script {
  const statements: Statement[] = [];
  const blocks: CommentBlock[] = [];
  let gap = 0;
  for (const { start, end, terminatedEnd, next } of statementSpans(script)) {
    const above = blocksBetween(script, gap, start);
    const nearest = above.at(-1);
    const base = { start, end, terminatedEnd, text: script.slice(start, end) };
    if (nearest !== undefined && isDirectlyAbove(script, nearest.end, start)) {
      const { start: from, end: to, text } = nearest;
      const statement = { ...base, leadingComment: { start: from, end: to, text } };
      statements.push(statement);
      blocks.push(...above.slice(0, -1), { ...nearest, statement });
    } else {
      statements.push(base);
      blocks.push(...above);
    }
    gap = next;
  }
  return { statements, commentBlocks: [...blocks, ...blocksBetween(script, gap, script.length)] };
}

/** The comment blocks of a stretch without statements. */
function blocksBetween(script: string, from: number, to: number): CommentBlock[] {
  const groups: CommentSpan[][] = [];
  for (const comment of commentSpans(script, from, to)) {
    if (!beginsLine(script, comment.start)) continue;
    const group = groups.at(-1);
    const last = group?.at(-1);
    const continues =
      last?.kind === 'lineComment' &&
      comment.kind === 'lineComment' &&
      isDirectlyAbove(script, last.end, comment.start);
    if (continues) group?.push(comment);
    else groups.push([comment]);
  }
  return groups.map((group) => {
    const start = group[0]?.start ?? from;
    const end = group.at(-1)?.end ?? start;
    return { start, end, text: script.slice(start, end), prose: proseOf(script, group) };
  });
}

function beginsLine(script: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && ' \t\f\v'.includes(script.charAt(before))) before--;
  return before < 0 || script[before] === '\n' || script[before] === '\r';
}

/** Whether what stands between the two is white space with at most one line end. */
function isDirectlyAbove(script: string, end: number, start: number): boolean {
  let lineEnds = 0;
  for (let at = end; at < start; at++) {
    const character = script.charAt(at);
    if (character === '\n' || character === '\r') {
      if (character === '\r' && script[at + 1] === '\n') at++;
      if (++lineEnds > 1) return false;
    } else if (!' \t\f\v'.includes(character)) return false;
  }
  return true;
}

function proseOf(script: string, comments: readonly CommentSpan[]): string {
  const lines = comments.flatMap(({ kind, start, end }) => {
    const text = script.slice(start, end);
    if (kind === 'lineComment') return [text.replace(/^--+/, '').trim()];
    const inside = text.replace(/^\/\*+/, '').replace(/\*+\/$/, '');
    return inside.split(/\r\n|\r|\n/).map((line) => line.replace(/^\s*\*+(?=\s|$)/, '').trim());
  });
  return lines.join('\n').trim();
}
