/** The nodes of the history's view: days, newest first, with their questions; a page is read at a time. */
import * as vscode from 'vscode';
import type { HistoryEntry } from '../rag/history.ts';
import { newestMatching, type HistoryFilter } from '../rag/historySearch.ts';
import { commands, treeContext } from './contributions.ts';
import type { History } from './history.ts';
import { dayName, dayOf, questionLook } from './historyLook.ts';
import type { TraceDocument } from './traceDocument.ts';

export interface QuestionNode {
  readonly kind: 'question';
  readonly entry: HistoryEntry;
  /** What the commands of the trace are told. */
  readonly questionId: string;
}

export type HistoryNode =
  | { readonly kind: 'day'; readonly day: string; readonly questions: readonly QuestionNode[] }
  | QuestionNode
  | { readonly kind: 'more' };

/** So many questions are shown at first, and so many more each time that more are asked for. */
export const pageSize = 200;

/** No more SQL than this goes into a tooltip. */
const mostSql = 2000;

/**
 * The roots of the tree.
 * @param most how many questions are wanted
 * @throws KhipuError `cancelled`
 */
export async function historyRoots(
  history: History,
  filter: HistoryFilter,
  most: number,
  signal: AbortSignal,
): Promise<HistoryNode[]> {
  const page = await newestMatching((await history.entries()).values(), filter, most, signal);
  const days = new Map<string, QuestionNode[]>();
  // What two windows wrote may stand in the file in another order than it was asked in.
  for (const entry of [...page.entries].sort((one, other) => (one.at < other.at ? 1 : -1))) {
    const day = dayOf(new Date(entry.at));
    const node: QuestionNode = { kind: 'question', entry, questionId: entry.id };
    const questions = days.get(day);
    if (questions === undefined) days.set(day, [node]);
    else questions.push(node);
  }
  const roots: HistoryNode[] = [...days].map(([day, questions]) => ({ kind: 'day', day, questions }));
  return page.more ? [...roots, { kind: 'more' }] : roots;
}

/** A node as VS Code draws it. */
export function historyItem(node: HistoryNode, traces: Pick<TraceDocument, 'has'>): vscode.TreeItem {
  switch (node.kind) {
    case 'day':
      return dayItem(node.day, node.questions.length);
    case 'question':
      return questionItem(node.entry, traces.has(node.entry.id));
    case 'more': {
      const item = new vscode.TreeItem('Show Earlier Questions');
      item.id = 'more';
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = { command: commands.historyMore, title: 'Show Earlier Questions' };
      return item;
    }
  }
}

function dayItem(day: string, count: number): vscode.TreeItem {
  const name = dayName(day, new Date());
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = day;
  item.contextValue = treeContext.day;
  item.accessibilityInformation = { label: `${name}, ${count} ${count === 1 ? 'question' : 'questions'}` };
  return item;
}

function questionItem(entry: HistoryEntry, sent: boolean): vscode.TreeItem {
  const look = questionLook(entry);
  const item = new vscode.TreeItem(look.label);
  item.id = entry.id;
  item.description = look.description;
  item.iconPath = new vscode.ThemeIcon(look.icon, new vscode.ThemeColor(look.colour));
  item.tooltip = tooltipOf(entry, look.facts);
  item.accessibilityInformation = { label: look.spoken };
  item.contextValue = contextOf(entry, sent);
  return item;
}

function contextOf({ sql, source }: HistoryEntry, sent: boolean): string {
  if (sql === undefined) return sent ? treeContext.bareSent : treeContext.bare;
  if (source === 'verified') return sent ? treeContext.verifiedSent : treeContext.verified;
  return sent ? treeContext.answeredSent : treeContext.answered;
}

/** Only text: what a model or a server wrote makes no link and no picture. */
function tooltipOf({ question, sql }: HistoryEntry, facts: readonly string[]): vscode.MarkdownString {
  const lines = [`**${asText(question)}**`, ...facts.map(asText)];
  const text = new vscode.MarkdownString(`${lines.join('\n\n')}\n\n`);
  if (sql === undefined) return text;
  const shown = sql.length > mostSql ? `${sql.slice(0, mostSql).trimEnd()}\n…` : sql;
  return text.appendCodeblock(shown.trimEnd(), 'sql');
}

/** On one line; unlike `appendText`, which puts spaces in that no line is broken at. */
function asText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()#+\-.!|<>&~:]/g, '\\$&');
}
