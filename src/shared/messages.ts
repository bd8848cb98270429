/** What a person is told of an error: the one exhaustive switch over its kinds. */
import type { KhipuError } from './errors.ts';
import type { ActionId, Problem } from './resultsProtocol.ts';

const labels: Readonly<Record<ActionId, string>> = {
  'ask-again': 'Ask Again',
  'run-again': 'Run Again',
  cancel: 'Cancel',
  'open-sql': 'Open SQL',
  'copy-sql': 'Copy SQL',
  'show-sent': 'Show What Was Sent',
  'mark-verified': 'Mark as Verified',
  'show-log': 'Show Log',
  'choose-model': 'Choose Model',
  'pull-model': 'Pull Model',
  'set-key': 'Set API Key',
  'open-settings': 'Open Settings',
  'edit-connection': 'Edit Connection',
  'enter-password': 'Enter Password',
  'restart-sample': 'Restart Sample',
  'run-as-write': 'Run as Write',
  commit: 'Commit',
  'roll-back': 'Roll Back',
  export: 'Export…',
  explain: 'Explain',
  'explain-analyze': 'Explain Analyze',
  'open-plan': 'Open Plan as JSON',
  'open-glossary': 'Open Glossary',
  'show-rows': 'Show Rows',
};

/** The name on the button of an action. */
export function actionLabel(id: ActionId): string {
  return labels[id];
}

/** An error in words: what happened, what to do next, and what there is to press. */
export function problemOf(error: KhipuError): Problem {
  const { next, actions } = adviceOn(error);
  const { hint, sql, position, candidates, messages } = error.detail;
  return {
    what: error.message,
    next: [hint, next].filter((part) => part !== undefined && part !== '').join(' '),
    sql,
    position,
    candidates: candidates ?? [],
    connectionId: error.detail.connectionId,
    actions: actions.map((id) => actionOn(id, error)),
    ...(messages === undefined ? {} : { messages }),
  };
}

/** Pulling a model names it; all other buttons are called alike everywhere. */
function actionOn(id: ActionId, { detail: { pullable } }: KhipuError): Problem['actions'][number] {
  if (id !== 'pull-model' || pullable === undefined) return { id, label: labels[id] };
  return { id, label: `Pull ${pullable}`, value: pullable };
}

interface Advice {
  readonly next: string;
  readonly actions: readonly ActionId[];
}

function advice(next: string, ...actions: ActionId[]): Advice {
  return { next, actions };
}

function adviceOn(error: KhipuError): Advice {
  const { subject, retryAfterMs, candidates } = error.detail;
  switch (error.kind) {
    case 'cancelled':
      return advice('Nothing was changed.', 'ask-again');
    case 'timeout':
      return advice('See whether the server or the model is busy, then try again.', 'ask-again', 'show-log');
    case 'invalid-input':
      return advice('');
    case 'invalid-settings':
      return advice('Correct the setting.', 'open-settings');
    case 'unknown-host':
      return advice(
        'Check the host name, and whether this machine is on the right network.',
        'edit-connection',
      );
    case 'connection-refused':
      return advice(
        'See that Postgres runs there and listens on that port; a firewall or a missing tunnel looks the same.',
        'edit-connection',
        'ask-again',
      );
    case 'connection-lost':
      return advice('The next statement connects anew.', 'ask-again');
    case 'authentication-failed':
      return advice('Check the user and enter the password again.', 'enter-password', 'edit-connection');
    case 'tls-refused':
      return advice(
        'Choose "prefer" or "disable" for a server without TLS; for "verify-full" its certificate must be trusted and name this host.',
        'edit-connection',
      );
    case 'password-command-failed':
      return advice(
        'Run it in a terminal to see why; it has to print the password on its first line.',
        'edit-connection',
        'ask-again',
      );
    case 'tunnel-failed':
      return advice(
        'See that the SSH host is the right one and lets you in.',
        'edit-connection',
        'ask-again',
      );
    case 'tunnel-authentication-failed':
      return advice(
        'Check the user, and the key or password, of the SSH host.',
        'edit-connection',
        'ask-again',
      );
    case 'host-key-unknown':
      return advice('Connect again when you know that the key is the host’s own.', 'ask-again');
    case 'host-key-changed':
      return advice(
        'Another machine may stand in its place, so nothing was sent to it.',
        'edit-connection',
        'show-log',
      );
    case 'database-missing':
      return advice('Check the name of the database.', 'edit-connection');
    case 'too-many-connections':
      return advice('Close connections that are not needed, or raise max_connections.', 'ask-again');
    case 'permission-denied':
      return advice(
        'Ask the owner of the table to grant SELECT, or connect as another user.',
        'edit-connection',
      );
    case 'sql-syntax':
    case 'sql-failed':
      if (error.detail.parameter !== undefined)
        return advice('Run it again with another value.', 'run-again', 'open-sql');
      return advice('', 'open-sql', 'show-sent');
    case 'statement-timeout':
      return advice('Narrow the question, or raise the statement timeout of the connection.', 'open-sql');
    case 'refused-by-guard':
      return advice(
        'Khipu runs only what can only read, so nothing was sent to the database.',
        'open-sql',
        'show-sent',
      );
    case 'write-refused':
      // About a statement, there is nothing that the connection could change.
      return error.detail.sql === undefined
        ? advice('Nothing was sent to the database.', 'edit-connection')
        : advice('Nothing was sent to the database.');
    case 'outcome-unknown':
      return advice('Look at the rows before you run it again.', 'show-log');
    case 'unknown-name':
      return advice(
        'Nothing was sent to the database. Ask again with the name that you mean; refresh the schema if it is new.',
        'ask-again',
        'open-sql',
        'show-sent',
      );
    case 'model-unreachable':
      return advice(
        `See that the model server${subject === undefined ? '' : ` at ${subject}`} runs.`,
        'choose-model',
        'ask-again',
      );
    case 'model-authentication':
      return advice(
        'Store a valid API key; it is kept in the secret storage of VS Code.',
        'set-key',
        'choose-model',
      );
    case 'model-not-allowed':
      return advice(
        'Ask again and allow it, or allow it under "Manage Language Model Access" in the menu Accounts.',
        'ask-again',
        'choose-model',
      );
    case 'model-not-found':
      return error.detail.pullable === undefined
        ? advice('Choose a model that there is.', 'choose-model')
        : advice('', 'pull-model', 'choose-model');
    case 'model-rate-limited':
      return advice(
        retryAfterMs === undefined
          ? 'Wait a little, then ask again.'
          : `Ask again in ${Math.ceil(retryAfterMs / 1000)} s.`,
        'ask-again',
        'choose-model',
      );
    case 'model-failed':
      return advice('Ask again, or choose another model.', 'ask-again', 'choose-model', 'show-sent');
    case 'model-reply-unusable':
      return advice(
        'Ask again in other words, or choose another model.',
        'ask-again',
        'choose-model',
        'show-sent',
      );
    case 'model-pull-failed':
      return advice('Pull it again; what has come is kept.', 'pull-model', 'choose-model', 'show-log');
    case 'no-model':
      return advice(
        candidates === undefined || candidates.length === 0
          ? 'Start Ollama on this machine, or set up a model, to ask in your own words.'
          : 'Start Ollama on this machine, or set up a model, to ask in your own words. These questions can be answered without one:',
        'choose-model',
      );
    case 'ai-switched-off':
      return advice(
        'Ask one of the verified questions, or change the AI policy of the connection.',
        'edit-connection',
      );
    case 'glossary-faulty':
      return advice('Correct the file, and ask again.', 'open-glossary', 'ask-again');
    case 'index-unavailable':
      return advice('Questions are still answered, by full text over the catalog.', 'show-log');
    case 'file-failed':
      return advice('Nothing was left behind. Make room, or choose another place.', 'show-log');
    case 'sample-failed':
      return advice('Start it again; the log says why it ended.', 'restart-sample', 'show-log');
    case 'process-died':
      return advice('It is started again with the next request.', 'ask-again', 'show-log');
    case 'protocol':
    case 'internal':
      return advice('This should not happen: please report it with the log.', 'show-log');
  }
}
