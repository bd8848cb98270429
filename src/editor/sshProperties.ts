/** The properties of the SSH tunnel of a connection; but for the first, they are there when it has one. Pure. */
import { sshAuthentications, type ConnectionProfile } from '../database/profile.ts';
import { KhipuError } from '../shared/errors.ts';
import type { ConnectionDraft } from './connectionDraft.ts';
import type { ConnectionProperty } from './connectionProperties.ts';

type SshTunnel = NonNullable<ConnectionProfile['ssh']>;

const authenticationWords = {
  agent: ['SSH agent', 'the keys that it holds'],
  key: ['Key file', 'a private key on this machine'],
  password: ['Password', 'asked for, or kept in the secret storage'],
} as const;

const hasTunnel = ({ profile }: ConnectionDraft): boolean => profile.ssh !== undefined;

/** The draft with these fields of its tunnel changed; a draft without one stays as it is. */
function withSsh(draft: ConnectionDraft, fields: Partial<SshTunnel>): ConnectionDraft {
  const { ssh } = draft.profile;
  if (ssh === undefined) return draft;
  return { ...draft, profile: { ...draft.profile, ssh: { ...ssh, ...fields } } };
}

/** An empty host takes the tunnel away; the first one makes it, with the database's user until another is said. */
function enterHost(draft: ConnectionDraft, text: string): ConnectionDraft {
  const host = text.trim();
  const { ssh: before, ...others } = draft.profile;
  if (host === '') return { ...draft, profile: others };
  const ssh =
    before === undefined
      ? { host, port: 22, user: others.user, auth: 'agent' as const }
      : { ...before, host };
  return { ...draft, profile: { ...others, ssh } };
}

function enterPort(draft: ConnectionDraft, text: string): ConnectionDraft {
  const port = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new KhipuError('invalid-input', 'A number from 1 to 65535.');
  return withSsh(draft, { port });
}

function enterUser(draft: ConnectionDraft, text: string): ConnectionDraft {
  if (text.trim() === '') throw new KhipuError('invalid-input', 'This cannot be empty.');
  return withSsh(draft, { user: text.trim() });
}

const group = 'SSH tunnel';

export const sshProperties: readonly ConnectionProperty[] = [
  {
    id: 'sshHost',
    group,
    label: '$(remote) SSH host',
    value: ({ profile }) => profile.ssh?.host ?? 'none: the database is reached directly',
    then: ({ profile }, before) => (profile.ssh !== undefined && !hasTunnel(before) ? 'sshUser' : undefined),
    ask: {
      kind: 'text',
      prompt:
        'A host with a secure shell through which the database is reached. Leave it empty for no tunnel.',
      placeholder: 'bastion.example.com',
      start: ({ profile }) => profile.ssh?.host ?? '',
      enter: enterHost,
    },
  },
  {
    id: 'sshUser',
    group,
    label: '$(account) SSH user',
    value: ({ profile }) => profile.ssh?.user ?? '',
    when: hasTunnel,
    ask: {
      kind: 'text',
      prompt: 'Who signs in to the SSH host.',
      start: ({ profile }) => profile.ssh?.user ?? '',
      enter: enterUser,
    },
  },
  {
    id: 'sshPort',
    group,
    label: '$(symbol-number) SSH port',
    value: ({ profile }) => `${profile.ssh?.port ?? ''}`,
    when: hasTunnel,
    ask: { kind: 'text', prompt: '', start: ({ profile }) => `${profile.ssh?.port ?? 22}`, enter: enterPort },
  },
  {
    id: 'sshAuth',
    group,
    label: '$(key) SSH sign-in',
    value: ({ profile }) =>
      profile.ssh === undefined ? '' : authenticationWords[profile.ssh.auth].join(': '),
    when: hasTunnel,
    then: ({ profile }) =>
      profile.ssh?.auth === 'key' && profile.ssh.keyFile === undefined ? 'sshKeyFile' : undefined,
    ask: {
      kind: 'choice',
      choices: sshAuthentications.map((value) => {
        const [label, description] = authenticationWords[value];
        return { value, label, description };
      }),
      current: ({ profile }) => profile.ssh?.auth ?? 'agent',
      enter: (draft, value) =>
        withSsh(draft, { auth: sshAuthentications.find((each) => each === value) ?? 'agent' }),
    },
  },
  {
    id: 'sshKeyFile',
    group,
    label: '$(file) SSH key',
    value: ({ profile }) => profile.ssh?.keyFile ?? 'none yet',
    when: ({ profile }) => profile.ssh?.auth === 'key',
    ask: {
      kind: 'file',
      current: ({ profile }) => profile.ssh?.keyFile,
      enter: (draft, keyFile) => withSsh(draft, { keyFile }),
    },
  },
  {
    id: 'sshKnownHosts',
    group,
    label: '$(file) Known hosts',
    value: ({ profile }) => profile.ssh?.knownHosts ?? '~/.ssh/known_hosts',
    when: hasTunnel,
    ask: {
      kind: 'file',
      current: ({ profile }) => profile.ssh?.knownHosts,
      enter: (draft, knownHosts) => withSsh(draft, { knownHosts }),
    },
  },
];
