/** Registers Explain, Explain Analyze and Open Plan as JSON; their code is loaded with the first use. */
import type * as vscode from 'vscode';
import type { AskSurface } from './ask.ts';
import { commands } from './contributions.ts';
import type { Explain, ExplainParts } from './explain.ts';
import { registerCommand } from './report.ts';

/** @param ask makes the surface whose results view shows the plans */
export function registerExplainCommands(
  ask: () => Promise<AskSurface>,
  parts: Omit<ExplainParts, 'surface'>,
): vscode.Disposable[] {
  const { log } = parts;
  let making: Promise<Explain> | undefined;
  const make = async (): Promise<Explain> => {
    const { Explain } = await import('./firstUse.ts');
    return new Explain({ ...parts, surface: await ask() });
  };
  const explain = (): Promise<Explain> => (making ??= make());
  return [
    registerCommand(commands.explain, log, async (argument) => (await explain()).run(false, argument)),
    registerCommand(commands.explainAnalyze, log, async (argument) => (await explain()).run(true, argument)),
    registerCommand(commands.openPlan, log, async () => (await explain()).openJson()),
  ];
}
