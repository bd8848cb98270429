/** A database behind an sshd, for the tests of a file: started before them, left empty after each, ended after all. */
import type { Database } from '../../../src/database/connect.ts';
import type { SshHost } from '../../../src/database/profile.ts';
import { startPostgres, type PostgresServer } from '../../servers/postgres.ts';
import { startSshd, type Sshd } from '../../servers/sshd.ts';
import { openThrough, scriptedUser, trusting, type ScriptedUser } from './tunnelArena.ts';

/** What `ssh-keygen` makes a key without a passphrase by. */
export const plainKey = ['-t', 'ed25519', '-N', ''];

/** Waits for what another process does a moment later; the test's own time limit ends it otherwise. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

export interface TunnelScene {
  readonly server: PostgresServer;
  readonly sshd: Sshd;
  /** A key that the host takes. */
  readonly keyFile: string;
}

/** Registers the hooks of the suite that calls it. */
export function tunnelScene(): {
  /** What runs, from the first test on. */
  readonly running: () => TunnelScene;
  /** A database behind the tunnel, by a key that the host takes; closed after the test. */
  readonly through: (ssh?: Partial<SshHost>, user?: ScriptedUser, ...rest: [object?, number?]) => Database;
} {
  let scene: (TunnelScene & { readonly knownHosts: string }) | undefined;
  const opened: Database[] = [];
  const running = (): NonNullable<typeof scene> => {
    if (scene === undefined) throw new Error('The scene is not set yet.');
    return scene;
  };

  before(async function () {
    this.timeout(300_000);
    const [server, sshd] = await Promise.all([startPostgres(), startSshd()]);
    const keyFile = await sshd.makeKey('plain', plainKey);
    scene = { server, sshd, keyFile, knownHosts: await trusting(sshd) };
  });
  after(async () => {
    await Promise.all([scene?.server.dispose(), scene?.sshd.dispose()]);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.dispose()));
    await until(() => running().sshd.connections() === 0);
  });

  return {
    running,
    through(ssh = {}, user = scriptedUser(), ...rest) {
      const { server, sshd, keyFile, knownHosts } = running();
      const host = { port: sshd.port, user: sshd.user, auth: 'key' as const, keyFile, knownHosts, ...ssh };
      const database = openThrough(server, host, user, ...rest);
      opened.push(database);
      return database;
    },
  };
}
