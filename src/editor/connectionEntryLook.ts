/** How a connection is shown in the tree and in the status bar, with what one must know before running anything on it. Pure. */
import type { ConnectionColour } from '../shared/connectionLook.ts';
import type { ConnectionEntry } from './connectionList.ts';
import type { IndexLook } from './indexLook.ts';

export interface ConnectionNodeLook {
  readonly description: string;
  readonly tooltip: string;
  /** A codicon. */
  readonly icon: string;
  readonly colour: ConnectionColour | undefined;
}

/** A connection as a row of the tree. */
export function connectionNodeLook(
  entry: ConnectionEntry,
  icon: string,
  connected: boolean,
  index?: IndexLook,
): ConnectionNodeLook {
  const { look, where, scope } = entry;
  return {
    description: words([
      look.label,
      accessMark(entry),
      scope === 'workspace' ? 'workspace' : undefined,
      connected ? 'connected' : where,
      connected ? index?.short : undefined,
    ]),
    tooltip: [
      look.label === undefined ? entry.name : `${entry.name} · ${look.label}`,
      ...facts(entry),
      ...(connected && index?.short !== undefined ? [index.long] : []),
    ].join('\n'),
    icon,
    colour: look.colour,
  };
}

export interface ConnectionStatusLook {
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Behind it, in VS Code's own colours for the status bar. */
  readonly background: 'error' | 'warning' | undefined;
}

/**
 * The connection in use as the status bar shows it.
 * @param file whose own connection it is; undefined for the workspace's
 */
export function connectionStatusLook(
  entry: ConnectionEntry | undefined,
  file: string | undefined,
  index?: IndexLook,
): ConnectionStatusLook {
  if (entry === undefined) {
    const text = '$(database) No connection';
    return { text, tooltip: 'Khipu: choose a connection', spoken: 'No connection', background: undefined };
  }
  const { name, look } = entry;
  const access = look.writable ? '$(edit) write allowed' : '$(lock)';
  const asked = file === undefined ? '' : ` for ${file}`;
  return {
    text: `$(database) ${words([name, look.label])} ${access}`,
    tooltip: [
      `Khipu asks ${name}${asked}. Click to change.`,
      ...facts(entry),
      ...(index === undefined ? [] : [index.long]),
    ].join('\n'),
    spoken: `Khipu connection ${[name, look.label, accessWords(entry)].filter((part) => part !== undefined).join(', ')}`,
    background: backgroundOf(entry),
  };
}

function backgroundOf({ look }: ConnectionEntry): 'error' | 'warning' | undefined {
  if (look.production || look.colour === 'red') return 'error';
  return look.colour === 'orange' || look.colour === 'yellow' ? 'warning' : undefined;
}

/** Read-only goes without saying, except where it is a comfort to read. */
function accessMark(entry: ConnectionEntry): string | undefined {
  return entry.look.writable || entry.look.label !== undefined ? accessWords(entry) : undefined;
}

export function accessWords({ look }: Pick<ConnectionEntry, 'look'>): string {
  return look.writable ? 'write allowed' : 'read-only';
}

function facts(entry: ConnectionEntry): string[] {
  const { where, look, scope, hidesUsers } = entry;
  return [
    where,
    look.writable ? 'Write allowed: Run as Write may change data.' : 'Read-only: nothing that writes is run.',
    ...(scope === undefined ? [] : [scopeWords[scope]]),
    ...(hidesUsers ? ['It takes the place of a connection in your user settings that has the same id.'] : []),
  ];
}

const scopeWords = {
  user: 'Saved in your user settings.',
  workspace: 'Saved in the settings of this workspace.',
};

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}
