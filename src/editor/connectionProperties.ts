/** What can be said of a connection: each property with its value in words and how it is asked for. Pure. */
import { formatCommandLine, parseCommandLine } from '../database/commandWords.ts';
import {
  accesses,
  aiPolicies,
  connectionProfile,
  passwordSources,
  tlsModes,
  type ConnectionProfile,
} from '../database/profile.ts';
import { lookOf } from '../database/profileLook.ts';
import { formatConnectionUrl, withConnectionUrl } from '../database/profileUrl.ts';
import { connectionColours, type ConnectionColour } from '../shared/connectionLook.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import { scopes } from './connectionScopes.ts';
import { formatDuration, parseDuration } from './durationText.ts';
import { sshProperties } from './sshProperties.ts';

export const propertyGroups = ['Server', 'Sign-in', 'TLS', 'SSH tunnel', 'Safety', 'Look'] as const;

export interface PropertyChoice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
  readonly colour?: ConnectionColour | undefined;
}

/** How a property is asked for. `enter` throws a KhipuError `invalid-input` for what cannot be. */
export type PropertyAsk =
  | {
      readonly kind: 'text';
      readonly prompt: string;
      readonly placeholder?: string;
      readonly secret?: boolean;
      readonly start: (draft: ConnectionDraft) => string;
      readonly enter: (draft: ConnectionDraft, text: string) => ConnectionDraft;
    }
  | {
      readonly kind: 'choice';
      readonly choices: readonly PropertyChoice[];
      readonly current: (draft: ConnectionDraft) => string;
      readonly enter: (draft: ConnectionDraft, value: string) => ConnectionDraft;
    }
  | {
      readonly kind: 'file';
      readonly current: (draft: ConnectionDraft) => string | undefined;
      readonly enter: (draft: ConnectionDraft, path: string | undefined) => ConnectionDraft;
    };

export interface ConnectionProperty {
  readonly id: string;
  readonly group: (typeof propertyGroups)[number];
  /** As it stands in the list, with its codicon. */
  readonly label: string;
  readonly value: (draft: ConnectionDraft) => string;
  readonly ask: PropertyAsk;
  /** Only for drafts where it has a meaning; for all when left out. */
  readonly when?: (draft: ConnectionDraft) => boolean;
  /** The id of the property that must be asked for next, because this one was entered. */
  readonly then?: (draft: ConnectionDraft, before: ConnectionDraft) => string | undefined;
}

/** The draft with these fields of its profile changed. @throws KhipuError `invalid-input` with `message` */
export function withFields(
  draft: ConnectionDraft,
  fields: Partial<Record<keyof ConnectionProfile, unknown>>,
  message: string,
): ConnectionDraft {
  const parsed = connectionProfile.safeParse({ ...draft.profile, ...fields });
  if (!parsed.success) throw new KhipuError('invalid-input', message);
  return { ...draft, profile: parsed.data };
}

const empty = 'This cannot be empty.';

/** A property that is one text of the profile. */
function textProperty(
  key: 'host' | 'database' | 'user' | 'name',
  group: ConnectionProperty['group'],
  label: string,
  prompt = '',
): ConnectionProperty {
  const value = ({ profile }: ConnectionDraft): string => profile[key];
  const enter = (draft: ConnectionDraft, text: string): ConnectionDraft =>
    withFields(draft, { [key]: text.trim() }, empty);
  return { id: key, group, label, value, ask: { kind: 'text', prompt, start: value, enter } };
}

/** A property that is a file of the profile. */
function fileProperty(
  key: 'tlsCa' | 'tlsCert' | 'tlsKey',
  label: string,
  without: string,
): ConnectionProperty {
  const current = ({ profile }: ConnectionDraft): string | undefined => profile[key];
  return {
    id: key,
    group: 'TLS',
    label,
    value: (draft) => current(draft) ?? without,
    when: ({ profile }) => profile.tls !== 'disable' || profile[key] !== undefined,
    ask: { kind: 'file', current, enter: (draft, path) => withFields(draft, { [key]: path }, empty) },
  };
}

/** A property that is one of some words. */
function choiceProperty<Value extends string>(
  base: Pick<ConnectionProperty, 'id' | 'group' | 'label'> & Pick<ConnectionProperty, 'when' | 'then'>,
  values: readonly Value[],
  words: Readonly<Record<Value, readonly [label: string, description: string]>>,
  key: keyof ConnectionProfile,
): ConnectionProperty {
  const current = ({ profile }: ConnectionDraft): Value => profile[key] as Value;
  return {
    ...base,
    value: (draft) => words[current(draft)].join(': '),
    ask: {
      kind: 'choice',
      choices: values.map((value) => ({ value, label: words[value][0], description: words[value][1] })),
      current,
      enter: (draft, value) => withFields(draft, { [key]: value }, empty),
    },
  };
}

export const tlsWords = {
  prefer: ['prefer', 'encrypt when the server can'],
  disable: ['disable', 'never encrypt'],
  require: ['require', 'encrypt, and trust any certificate'],
  'verify-ca': ['verify-ca', 'encrypt, and check who signed the certificate'],
  'verify-full': ['verify-full', 'encrypt, and check the certificate and the host name'],
} as const;

const passwordSourceWords = {
  stored: ['Stored', 'kept in the secret storage of VS Code'],
  prompt: ['Asked for', 'at each connect, and kept nowhere'],
  command: ['Command', 'what a program prints'],
} as const;

const accessWords = {
  read: ['Read-only', 'nothing that writes is run'],
  write: ['Write allowed', 'by Khipu: Run as Write, after a preview'],
} as const;

const policyWords = {
  off: ['Off', 'nothing is sent to a model'],
  schema: ['Schema', 'names, types and comments'],
  samples: ['Schema and samples', 'common values and ranges of columns, too'],
  results: ['Results', 'as samples; rows of results are not sent yet'],
} as const;

const server: readonly ConnectionProperty[] = [
  {
    id: 'url',
    group: 'Server',
    label: '$(link) Paste a URL',
    value: () => 'host, port, database, user and password at once',
    ask: {
      kind: 'text',
      prompt: 'The password goes into the secret storage of VS Code, not into the settings.',
      placeholder: 'postgres://user:password@localhost:5432/database',
      start: ({ profile }) => formatConnectionUrl(profile),
      enter: (draft, text) => {
        const { profile, password } = withConnectionUrl(draft.profile, text);
        return { ...draft, profile, password: password ?? draft.password };
      },
    },
  },
  textProperty(
    'host',
    'Server',
    '$(server) Host',
    'A host name, an address, or the directory of a Unix socket.',
  ),
  {
    id: 'port',
    group: 'Server',
    label: '$(symbol-number) Port',
    value: ({ profile }) => `${profile.port}`,
    ask: {
      kind: 'text',
      prompt: '',
      start: ({ profile }) => `${profile.port}`,
      enter: (draft, text) => withFields(draft, { port: wholeNumber(text) }, 'A number from 1 to 65535.'),
    },
  },
  textProperty('database', 'Server', '$(database) Database'),
];

const signIn: readonly ConnectionProperty[] = [
  textProperty('user', 'Sign-in', '$(account) User'),
  choiceProperty(
    {
      id: 'passwordFrom',
      group: 'Sign-in',
      label: '$(key) Password from',
      then: ({ profile, password }) => {
        if (profile.passwordFrom === 'command' && profile.passwordCommand === undefined)
          return 'passwordCommand';
        return profile.passwordFrom === 'stored' && password === undefined ? 'password' : undefined;
      },
    },
    passwordSources,
    passwordSourceWords,
    'passwordFrom',
  ),
  {
    id: 'password',
    group: 'Sign-in',
    label: '$(lock) Password',
    value: ({ password }) => (password === undefined ? 'none stored' : 'stored'),
    when: ({ profile }) => profile.passwordFrom === 'stored',
    ask: {
      kind: 'text',
      prompt: 'Kept in the secret storage of VS Code. Leave it empty when none is needed.',
      secret: true,
      start: ({ password }) => password ?? '',
      enter: (draft, text) => ({ ...draft, password: text === '' ? undefined : text }),
    },
  },
  {
    id: 'passwordCommand',
    group: 'Sign-in',
    label: '$(terminal) Password command',
    value: ({ profile }) => formatCommandLine(profile.passwordCommand ?? []) || 'none yet',
    when: ({ profile }) => profile.passwordFrom === 'command',
    ask: {
      kind: 'text',
      prompt:
        'A program and its arguments that prints the password. No shell is involved; quote what holds spaces.',
      placeholder: 'pass show databases/production',
      start: ({ profile }) => formatCommandLine(profile.passwordCommand ?? []),
      enter: (draft, text) => {
        const passwordCommand = parseCommandLine(text);
        if (passwordCommand.length === 0) throw new KhipuError('invalid-input', empty);
        return withFields(draft, { passwordCommand }, 'A program and its arguments.');
      },
    },
  },
];

const tls: readonly ConnectionProperty[] = [
  choiceProperty({ id: 'tls', group: 'TLS', label: '$(shield) TLS mode' }, tlsModes, tlsWords, 'tls'),
  fileProperty('tlsCa', '$(file) CA certificates', 'those of the system'),
  fileProperty('tlsCert', '$(file) Client certificate', 'none'),
  fileProperty('tlsKey', '$(file) Client key', 'none'),
];

const safety: readonly ConnectionProperty[] = [
  choiceProperty({ id: 'access', group: 'Safety', label: '$(eye) Access' }, accesses, accessWords, 'access'),
  choiceProperty(
    { id: 'aiPolicy', group: 'Safety', label: '$(hubot) AI policy' },
    aiPolicies,
    policyWords,
    'aiPolicy',
  ),
  {
    id: 'statementTimeoutMs',
    group: 'Safety',
    label: '$(watch) Statement timeout',
    value: ({ profile }) => formatDuration(profile.statementTimeoutMs),
    ask: {
      kind: 'text',
      prompt: 'The server ends a statement after this time. For example 30 s, 5 min or 1 h.',
      start: ({ profile }) => formatDuration(profile.statementTimeoutMs),
      enter: (draft, text) => withFields(draft, { statementTimeoutMs: parseDuration(text) }, empty),
    },
  },
  {
    id: 'rowCap',
    group: 'Safety',
    label: '$(list-ordered) Row cap',
    value: ({ profile }) => `${profile.rowCap.toLocaleString('en')} rows`,
    ask: {
      kind: 'text',
      prompt: 'Rows beyond this are not fetched unless you ask for them.',
      start: ({ profile }) => `${profile.rowCap}`,
      enter: (draft, text) =>
        withFields(
          draft,
          { rowCap: wholeNumber(text.replaceAll(/[\s,_.']/g, '')) },
          'A whole number above 0.',
        ),
    },
  },
];

const noColour = 'none';

const look: readonly ConnectionProperty[] = [
  textProperty('name', 'Look', '$(tag) Name', 'The name under which it is listed.'),
  {
    id: 'label',
    group: 'Look',
    label: '$(bookmark) Label',
    value: ({ profile }) => profile.label ?? 'none',
    ask: {
      kind: 'text',
      prompt:
        'Shown wherever the connection is named; "production" is shown in red. Leave it empty for none.',
      placeholder: 'production, staging, development…',
      start: ({ profile }) => profile.label ?? '',
      enter: (draft, text) => withFields(draft, { label: text.trim() || undefined }, empty),
    },
  },
  {
    id: 'colour',
    group: 'Look',
    label: '$(symbol-color) Colour',
    value: ({ profile }) => {
      const { colour } = lookOf(profile);
      return profile.colour === undefined && colour !== undefined
        ? `${colour}, by its label`
        : (colour ?? 'none');
    },
    ask: {
      kind: 'choice',
      choices: [
        { value: noColour, label: 'None', description: 'production is red all the same' },
        ...connectionColours.map((colour) => ({ value: colour, label: capital(colour), colour })),
      ],
      current: ({ profile }) => profile.colour ?? noColour,
      enter: (draft, value) =>
        withFields(draft, { colour: value === noColour ? undefined : value }, 'One of the colours.'),
    },
  },
  {
    id: 'defaultSchemas',
    group: 'Look',
    label: '$(symbol-namespace) Default schemas',
    value: ({ profile }) => profile.defaultSchemas.join(', ') || 'those of the server',
    ask: {
      kind: 'text',
      prompt:
        'They come first in the search path; commas between them. Leave it empty for those of the server.',
      placeholder: 'shop, public',
      start: ({ profile }) => profile.defaultSchemas.join(', '),
      enter: (draft, text) => {
        const names = text.split(',').map((name) => name.trim());
        return withFields(draft, { defaultSchemas: names.filter((name) => name !== '') }, empty);
      },
    },
  },
  {
    id: 'scope',
    group: 'Look',
    label: '$(folder) Saved in',
    value: ({ scope }) => (scope === 'user' ? 'your user settings' : 'the settings of this workspace'),
    ask: {
      kind: 'choice',
      choices: [
        { value: 'user', label: 'User settings', description: 'for you, in every window' },
        {
          value: 'workspace',
          label: 'Workspace settings',
          description: 'for everyone who has this folder, without passwords',
        },
      ],
      current: ({ scope }) => scope,
      enter: (draft, value) => ({ ...draft, scope: scopes.find((each) => each === value) ?? draft.scope }),
    },
  },
];

/** All of them, in the order in which they are listed. */
export const connectionProperties: readonly ConnectionProperty[] = [
  ...server,
  ...signIn,
  ...tls,
  ...sshProperties,
  ...safety,
  ...look,
];

/** NaN for what is not a whole number, which no field takes. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
