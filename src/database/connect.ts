/** A pool of connections for one profile: made at first use, with the TLS that the server and the profile agree on. */
import type { Pool, PoolConfig } from 'pg';
import type { ConnectionOptions } from 'node:tls';
import { cancelled, KhipuError, throwIfAborted } from '../shared/errors.ts';
import { fromConnectError } from './pgErrors.ts';
import type { ConnectionProfile } from './profile.ts';
import { Session } from './session.ts';
import { tlsOptions } from './tls.ts';
import { clientWithWire } from './wireClient.ts';

/** What a profile does not hold. */
export interface ConnectContext {
  /** The password, asked for when a connection is made and not kept. */
  readonly password: () => Promise<string | undefined>;
  /** For a server that knows no CancelRequest: what stops its work. */
  readonly interrupt?: () => Promise<void>;
  /** How long a connection is waited for, in milliseconds; 15 s unless told. */
  readonly connectTimeoutMs?: number;
}

/** A database that can be worked with. */
export interface Database {
  readonly profile: ConnectionProfile;
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

/** Makes the pool of a profile without connecting yet; `pg` itself is loaded at the first session. */
export function openDatabase(profile: ConnectionProfile, context: ConnectContext): Database {
  return new PooledDatabase(profile, context);
}

class PooledDatabase implements Database {
  readonly profile: ConnectionProfile;
  readonly #context: ConnectContext;
  readonly #lent = new Set<Session>();
  #pool: Promise<{ pool: Pool; tls: ConnectionOptions | undefined }> | undefined;
  #disposed = false;

  constructor(profile: ConnectionProfile, context: ConnectContext) {
    this.profile = profile;
    this.#context = context;
  }

  async session(signal: AbortSignal): Promise<Session> {
    throwIfAborted(signal);
    if (this.#disposed) throw new KhipuError('connection-lost', `${this.profile.name} is disconnected.`);
    const lending = this.#lend();
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(cancelled(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([lending, aborted.promise]);
    } catch (thrown) {
      if (signal.aborted) lending.then((session) => session.release()).catch(() => undefined);
      throw fromConnectError(thrown, this.profile);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #lend(): Promise<Session> {
    this.#pool ??= this.#open();
    let opened;
    try {
      opened = await this.#pool;
    } catch (error) {
      this.#pool = undefined; // the next session tries anew
      throw error;
    }
    const client = await opened.pool.connect().catch((thrown: unknown) => {
      throw this.#allBusy(opened.pool) ?? thrown;
    });
    const session = new Session(client, {
      tls: opened.tls,
      interrupt: this.#context.interrupt,
      silenceMs: this.profile.statementTimeoutMs + silenceGraceMs,
    });
    this.#lent.add(session);
    session.onRelease(() => this.#lent.delete(session));
    return session;
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
  async #open(): Promise<{ pool: Pool; tls: ConnectionOptions | undefined }> {
    const tls = await tlsOptions(this.profile);
    try {
      return await this.#openWith(tls);
    } catch (thrown) {
      const plainOnly = thrown instanceof Error && thrown.message.includes('does not support SSL');
      if (this.profile.tls === 'prefer' && plainOnly) return this.#openWith(undefined);
      throw thrown;
    }
  }

  async #openWith(
    tls: ConnectionOptions | undefined,
  ): Promise<{ pool: Pool; tls: ConnectionOptions | undefined }> {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ ...this.#poolConfig(tls), Client: clientWithWire(pg.Client) });
    pool.on('error', () => undefined); // an idle connection that the server closed: the next session makes another
    try {
      (await pool.connect()).release();
    } catch (error) {
      await pool.end();
      throw error;
    }
    return { pool, tls };
  }

  #poolConfig(tls: ConnectionOptions | undefined): PoolConfig {
    const { host, port, database, user, singleSession } = this.profile;
    return {
      host,
      port,
      database,
      user,
      // Undefined would make pg look for PGPASSWORD, which this profile did not ask for.
      password: async () => (await this.#context.password()) ?? '',
      ssl: tls ?? false,
      application_name: 'Khipu',
      max: singleSession ? 1 : poolSize,
      connectionTimeoutMillis: this.#context.connectTimeoutMs ?? connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      keepAlive: true,
      allowExitOnIdle: true,
    };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const opened = await this.#pool?.catch(() => undefined);
    const reason = new Error(`${this.profile.name} was disconnected.`);
    await Promise.all([...this.#lent].map((session) => session.shutDown(reason)));
    await opened?.pool.end();
  }
}
