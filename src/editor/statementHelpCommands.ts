/** Registers Explain, Fix and Optimise with Khipu; their code is loaded with the first use. */
import type * as vscode from 'vscode';
import { commands } from './contributions.ts';
import { registerCommand } from './report.ts';
import type { StatementHelper, StatementHelpParts } from './statementHelp.ts';

export function registerStatementHelp(parts: StatementHelpParts): vscode.Disposable[] {
  const { log } = parts;
  let made: StatementHelper | undefined;
  const helper = async (): Promise<StatementHelper> => {
    const { StatementHelper: Helper } = await import('./firstUse.ts');
    return (made ??= new Helper(parts));
  };
  return [
    registerCommand(commands.explainWithKhipu, log, async () => (await helper()).run('explain')),
    registerCommand(commands.fixWithKhipu, log, async () => (await helper()).run('fix')),
    registerCommand(commands.optimiseWithKhipu, log, async () => (await helper()).run('optimise')),
    { dispose: () => made?.dispose() },
  ];
}
