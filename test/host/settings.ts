/** User settings for an editor that is driven by a program: no welcome page, no telemetry, nothing that moves or asks. */
export type Settings = Readonly<Record<string, unknown>>;
export type Theme = 'light' | 'dark';

export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
};

/** The colour themes that VS Code itself starts with. */
export function themeSettings(theme: Theme): Settings {
  const name = theme === 'light' ? 'Light Modern' : 'Dark Modern';
  return { 'workbench.colorTheme': name, 'window.autoDetectColorScheme': false };
}
