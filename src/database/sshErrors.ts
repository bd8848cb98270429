/** Turns what ssh2 and its sockets throw into KhipuErrors of a known kind. */
import { KhipuError } from '../shared/errors.ts';
import { knownHostName } from './knownHosts.ts';
import type { SshHost } from './profile.ts';

/** What went wrong on the way to an SSH host, or while signing in. */
export function fromSshError(thrown: unknown, ssh: SshHost): KhipuError {
  if (thrown instanceof KhipuError) return thrown;
  const error = firstOf(thrown);
  const name = knownHostName(ssh.host, ssh.port);
  const detail = { subject: name };
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new KhipuError('unknown-host', `There is no host named ${ssh.host}.`, detail, { cause: thrown });
  return new KhipuError('tunnel-failed', `${name}: ${inWords(error, code)}.`, detail, { cause: thrown });
}

function inWords(error: Error, code: unknown): string {
  if (code === 'ECONNREFUSED') return 'nothing accepts SSH connections there';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'the host cannot be reached';
  if (code === 'ECONNRESET' || /before handshake/.test(error.message))
    return 'the connection was closed before SSH began';
  if (/no matching/.test(error.message)) return 'the host knows no way of encrypting that is safe enough';
  return error.message.replace(/\.$/, '');
}

/** Reasons of RFC 4254, 5.1. */
const prohibited = 1;
const connectFailed = 2;

/** Why the host did not open a way to the database. */
export function fromForwardError(thrown: unknown, ssh: SshHost, target: string): KhipuError {
  const error = firstOf(thrown);
  const name = knownHostName(ssh.host, ssh.port);
  const reason = 'reason' in error ? error.reason : undefined;
  const options = { cause: thrown };
  if (reason === connectFailed) {
    const message = `Nothing accepts Postgres connections at ${target}, seen from ${name}.`;
    return new KhipuError('connection-refused', message, { subject: target }, options);
  }
  const message =
    reason === prohibited
      ? `${name} does not forward to ${target}.`
      : `${name} could not open a way to ${target}: ${error.message}`;
  const hint =
    reason === prohibited ? 'Its keeper must allow forwarding (AllowTcpForwarding, PermitOpen).' : undefined;
  return new KhipuError('tunnel-failed', message, { subject: name, hint }, options);
}

function firstOf(thrown: unknown): Error {
  if (thrown instanceof AggregateError && thrown.errors[0] instanceof Error) return thrown.errors[0];
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
