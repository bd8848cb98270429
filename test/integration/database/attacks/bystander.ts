/** Another session of the same database, which listens: attacks may end it, or make it hear something. And one that only looks. */
import pg from 'pg';

export class Bystander {
  readonly #client: pg.Client;
  readonly #observer: pg.Client;
  readonly #heard: string[] = [];
  #alive = true;

  private constructor(client: pg.Client, observer: pg.Client) {
    this.#client = client;
    this.#observer = observer;
    observer.on('error', () => undefined);
    client.on('notification', ({ payload }) => this.#heard.push(payload ?? ''));
    client.on('error', () => (this.#alive = false));
    client.on('end', () => (this.#alive = false));
  }

  static async enter(url: string): Promise<Bystander> {
    const client = new pg.Client({ connectionString: url, application_name: 'bystander' });
    const observer = new pg.Client({ connectionString: url });
    const bystander = new Bystander(client, observer);
    await Promise.all([client.connect(), observer.connect()]);
    await client.query('LISTEN khipu');
    return bystander;
  }

  /** What it was notified of until now: a round trip brings what waits. */
  async heard(): Promise<readonly string[]> {
    if (this.#alive) await this.#client.query('SELECT 1').catch(() => (this.#alive = false));
    return [...this.#heard];
  }

  /** One row of one column, seen from a session that no attack aims at. */
  async look(sql: string): Promise<unknown> {
    const { rows } = await this.#observer.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  }

  async leave(): Promise<void> {
    await this.#observer.end();
    await this.#client.end().catch(() => undefined);
    this.#alive = false;
  }
}
