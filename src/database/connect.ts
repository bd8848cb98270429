/** A pool of connections for one profile: made at first use, with the TLS that the server and the profile agree on. */
import type { ConnectionOptions } from 'node:tls';
import type { Pool, PoolClient, PoolConfig } from 'pg';
import { abortable } from '../shared/abortable.ts';
import { KhipuError, throwIfAborted } from '../shared/errors.ts';
import { SharedAttempt } from '../shared/sharedAttempt.ts';
import type { ConnectContext } from './connectContext.ts';
import { Passwords } from './passwords.ts';
import { fromConnectError, ofConnection } from './pgErrors.ts';
import type { ConnectionProfile } from './profile.ts';
import { directReach, type Reach, type ServerSocket } from './reach.ts';
import { Session } from './session.ts';
import { tlsOptions } from './tls.ts';
import { TypeNames } from './typeNames.ts';
import { clientWithWire } from './wireClient.ts';

/** A database that can be worked with. */
export interface Database {
  readonly profile: ConnectionProfile;
  readonly typeNames: TypeNames;
  /**
   * Borrows a connection; the borrower releases it.
   * @throws KhipuError of a connection kind, or `cancelled`
   */
  session(signal: AbortSignal): Promise<Session>;
  /** Closes every connection, those on loan as well, and ends what they ran; twice is fine. */
  dispose(): Promise<void>;
}

const connectTimeoutMs = 15_000;
const idleTimeoutMs = 60_000;
const poolSize = 6;
/** How long after the statement timeout its error may still be on its way, in milliseconds. */
const silenceGraceMs = 3000;
/** How long idle connections may take to say goodbye to a server that may be gone, in milliseconds. */
const goodbyeMs = 1000;

/** Makes the pool of a profile without connecting yet; `pg` itself is loaded at the first session. */
export function openDatabase(profile: ConnectionProfile, context: ConnectContext): Database {
  return new PooledDatabase(profile, context);
}

interface Opened {
  readonly pool: Pool;
  readonly reach: Reach;
  readonly tls: ConnectionOptions | undefined;
}

class PooledDatabase implements Database {
  readonly profile: ConnectionProfile;
  readonly typeNames = new TypeNames();
  readonly #context: ConnectContext;
  readonly #passwords: Passwords;
  readonly #lent = new Set<Session>();
  readonly #used = new WeakSet<PoolClient>();
  readonly #sockets = new Set<ServerSocket>();
  readonly #opening: SharedAttempt<Opened>;
  /** Fires at the disposal. */
  readonly #ending = new AbortController();

  constructor(profile: ConnectionProfile, context: ConnectContext) {
    this.profile = profile;
    this.#context = context;
    this.#passwords = new Passwords(profile, context);
    this.#opening = new SharedAttempt(
      (signal) => this.#open(signal),
      (opened) => this.#close(opened),
    );
  }

  async session(signal: AbortSignal): Promise<Session> {
    try {
      return await this.#lend(AbortSignal.any([signal, this.#ending.signal]));
    } catch (thrown) {
      throw ofConnection(fromConnectError(thrown, this.profile), this.profile.id);
    }
  }

  async #lend(signal: AbortSignal): Promise<Session> {
    throwIfAborted(signal);
    const { pool, reach, tls } = await this.#opening.get(signal);
    const client = await this.#client(pool, reach, signal);
    if (signal.aborted) {
      client.release();
      throwIfAborted(signal);
    }
    const session = new Session(client, {
      tls,
      socket: () => reach.socket(),
      interrupt: this.#context.interrupt,
      silenceMs: this.profile.statementTimeoutMs + silenceGraceMs,
      isReused: this.#used.has(client),
    });
    this.#used.add(client);
    this.#lent.add(session);
    session.onRelease(() => this.#lent.delete(session));
    return session;
  }

  /** A connection of the pool, perhaps a new one. A password that the server refuses is asked for once more. */
  async #client(pool: Pool, reach: Reach, signal: AbortSignal): Promise<PoolClient> {
    await reach.ready(signal);
    const tried = pool.idleCount > 0 ? undefined : await this.#passwords.ready(signal);
    try {
      return await this.#borrow(pool, signal);
    } catch (thrown) {
      if (!this.#isRefusal(thrown) || !(await this.#passwords.replace(tried, signal))) throw thrown;
    }
    try {
      return await this.#borrow(pool, signal);
    } catch (thrown) {
      if (this.#isRefusal(thrown)) this.#passwords.forget();
      throw thrown;
    }
  }

  #isRefusal(thrown: unknown): boolean {
    return fromConnectError(thrown, this.profile).kind === 'authentication-failed';
  }

  async #borrow(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
    const borrowed = pool.connect();
    try {
      return await abortable(borrowed, signal);
    } catch (thrown) {
      if (!signal.aborted) throw this.#allBusy(pool) ?? thrown;
      borrowed.then((client) => client.release()).catch(() => undefined);
      throw thrown;
    }
  }

  /** pg says "timeout" both of a server that does not answer and of a pool whose connections are all on loan. */
  #allBusy(pool: Pool): KhipuError | undefined {
    if (this.#lent.size < pool.options.max) return undefined;
    return new KhipuError(
      'too-many-connections',
      `All ${pool.options.max} connections of ${this.profile.name} are in use.`,
      { hint: 'Close a result that is open, or wait until a statement has ended.' },
    );
  }

  /** `prefer` is what libpq does: TLS when the server has it, plain otherwise; the first connection finds out. */
  async #open(signal: AbortSignal): Promise<Opened> {
    const tls = await tlsOptions(this.profile);
    const reach = await this.#reach();
    const isPlainOnly = (thrown: unknown): boolean =>
      this.profile.tls === 'prefer' &&
      thrown instanceof Error &&
      thrown.message.includes('does not support SSL');
    try {
      return await this.#openWith(tls, reach, signal).catch((thrown: unknown) => {
        if (isPlainOnly(thrown)) return this.#openWith(undefined, reach, signal);
        throw thrown;
      });
    } catch (error) {
      await reach.dispose();
      throw error;
    }
  }

  /** The code of tunnels is loaded for those who have one. */
  async #reach(): Promise<Reach> {
    const { ssh } = this.profile;
    if (ssh === undefined) return directReach;
    const { ssh: context, connectTimeoutMs: limitMs = connectTimeoutMs } = this.#context;
    if (context === undefined) throw new KhipuError('tunnel-failed', 'SSH hosts cannot be used here.');
    const { Tunnel } = await import('./tunnel.ts');
    return new Tunnel(ssh, context, limitMs);
  }

  async #openWith(tls: ConnectionOptions | undefined, reach: Reach, signal: AbortSignal): Promise<Opened> {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ ...this.#poolConfig(tls, reach), Client: clientWithWire(pg.Client) });
    pool.on('error', () => undefined); // an idle connection that the server closed: the next session makes another
    try {
      (await this.#client(pool, reach, signal)).release();
      return { pool, reach, tls };
    } catch (error) {
      await this.#endPool(pool, 0);
      throw error;
    }
  }

  #poolConfig(tls: ConnectionOptions | undefined, reach: Reach): PoolConfig {
    const { host, port, database, user, singleSession } = this.profile;
    return {
      host,
      port,
      database,
      user,
      password: () => this.#passwords.current(),
      ssl: tls ?? false,
      stream: () => this.#socket(reach),
      application_name: 'Khipu',
      max: singleSession ? 1 : poolSize,
      connectionTimeoutMillis: this.#context.connectTimeoutMs ?? connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      keepAlive: true,
      allowExitOnIdle: true,
    };
  }

  #socket(reach: Reach): ServerSocket {
    const socket = reach.socket();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  async #close({ pool, reach }: Opened): Promise<void> {
    await this.#endPool(pool, goodbyeMs);
    await reach.dispose();
  }

  /** Ends what is idle in good order, and cuts what is still connecting or cannot be told any more. */
  async #endPool(pool: Pool, patienceMs: number): Promise<void> {
    const cut = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), patienceMs);
    await pool.end();
    clearTimeout(cut);
  }

  async dispose(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const reason = new KhipuError('connection-lost', `${this.profile.name} was disconnected.`);
    this.#ending.abort(reason);
    await Promise.all([...this.#lent].map((session) => session.shutDown(reason)));
    await this.#opening.end();
    this.#passwords.forget();
  }
}
