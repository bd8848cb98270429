/** Messages and completion of an open glossary, in VS Code's terms. */
import * as vscode from 'vscode';
import { unknownNames } from '../query/glossaryNames.ts';
import { glossaryOffers, type GlossaryOffer } from '../rag/glossaryCompletion.ts';
import type { GlossaryFiles } from './glossaryFiles.ts';
import type { NamesNow } from './glossarySurface.ts';

/**
 * What is wrong in a glossary as it stands in the editor: faults of the form, and names that the connection in use does not have.
 * @throws KhipuError `cancelled`
 */
export async function glossaryDiagnostics(
  document: vscode.TextDocument,
  files: GlossaryFiles,
  names: NamesNow,
  signal: AbortSignal,
): Promise<vscode.Diagnostic[]> {
  const { faults, references, content } = await files.read(document.getText(), signal);
  const { catalog, connection = '', connections } = names;
  const { Error: wrong, Warning: doubtful } = vscode.DiagnosticSeverity;
  const meant = content.connections === undefined || content.connections.includes(connection);
  // Names of another connection's database cannot be looked up in this one's.
  const known = { catalog: meant ? catalog : undefined, connection, connections };
  const warnings = await unknownNames(references, known, signal);
  return [
    ...faults.map((fault) => diagnostic(document, fault, wrong)),
    ...warnings.map((warning) => diagnostic(document, warning, doubtful)),
  ];
}

function diagnostic(
  document: vscode.TextDocument,
  { start, end, message }: { readonly start: number; readonly end: number; readonly message: string },
  severity: vscode.DiagnosticSeverity,
): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const made = new vscode.Diagnostic(range, message, severity);
  made.source = 'Khipu';
  return made;
}

const kinds: Readonly<Record<GlossaryOffer['kind'], vscode.CompletionItemKind>> = {
  key: vscode.CompletionItemKind.Property,
  table: vscode.CompletionItemKind.Class,
  column: vscode.CompletionItemKind.Field,
  connection: vscode.CompletionItemKind.Reference,
};

/** What can be written at a place; the keys are left to the YAML extension where there is one, which has Khipu's schema. */
export function glossaryCompletions(
  document: vscode.TextDocument,
  position: vscode.Position,
  names: NamesNow,
): vscode.CompletionList {
  const offset = document.offsetAt(position);
  const { start, offers, incomplete } = glossaryOffers(document.getText(), offset, names);
  const range = new vscode.Range(document.positionAt(start), position);
  const others = vscode.extensions.getExtension('redhat.vscode-yaml') !== undefined;
  const shown = offers.filter(({ kind }) => kind !== 'key' || !others);
  return new vscode.CompletionList(
    shown.map((offer, at) => itemOf(offer, range, at)),
    incomplete,
  );
}

function itemOf(
  { label, kind, snippet, detail }: GlossaryOffer,
  range: vscode.Range,
  at: number,
): vscode.CompletionItem {
  const shown = kind === 'key' ? { label, description: detail } : label;
  const item = new vscode.CompletionItem(shown, kinds[kind]);
  item.insertText = new vscode.SnippetString(snippet);
  item.range = range;
  item.sortText = String(at).padStart(5, '0');
  if (kind === 'key') item.documentation = detail;
  else item.detail = detail;
  // After a table its columns are next.
  if (kind === 'key' && snippet.endsWith('[$1]')) item.command = suggest;
  return item;
}

const suggest: vscode.Command = { command: 'editor.action.triggerSuggest', title: 'Suggest' };
