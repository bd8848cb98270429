/** What the write door keeps out, and why in words: what ends or escapes its transaction, and what cannot run in one. */

type Fields = Readonly<Record<string, unknown>>;

/** Statements of these types never run in a transaction block, whatever they say. Source: PreventInTransactionBlock in Postgres 18. */
const neverInTransaction: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
};

/** Statements that run in a transaction block only without one of their options. */
const sometimesInTransaction: Readonly<Record<string, (fields: Fields) => string | undefined>> = {
  VacuumStmt: ({ is_vacuumcmd: isVacuum }) => (isVacuum === true ? 'VACUUM' : undefined),
  IndexStmt: ({ concurrent }) => (concurrent === true ? 'CREATE INDEX CONCURRENTLY' : undefined),
  DropStmt: ({ concurrent }) => (concurrent === true ? 'DROP INDEX CONCURRENTLY' : undefined),
  ReindexStmt: reindexName,
  ClusterStmt: ({ relation }) => (relation === undefined ? 'CLUSTER without a table' : undefined),
  DiscardStmt: ({ target }) => (target === 'DISCARD_ALL' ? 'DISCARD ALL' : undefined),
  AlterTableStmt: ({ cmds }) =>
    JSON.stringify(cmds ?? []).includes('"concurrent":true') ? 'DETACH PARTITION CONCURRENTLY' : undefined,
  AlterDatabaseStmt: ({ options }) =>
    optionNames(options).includes('tablespace') ? 'ALTER DATABASE … SET TABLESPACE' : undefined,
};

/**
 * Why a statement of this type does not pass the write door; undefined when it passes. Everything else that Postgres refuses
 * inside a transaction, the server says itself, and nothing is lost.
 */
export function writeRefusal(type: string, fields: Fields): string | undefined {
  const name = neverInTransaction[type] ?? sometimesInTransaction[type]?.(fields);
  if (name !== undefined) {
    return `${name} cannot run in a transaction, so it could be neither previewed nor rolled back: run it with another tool.`;
  }
  if (type === 'TransactionStmt') return transactionRefusal(String(fields['kind']));
  if (type === 'VariableSetStmt' && fields['kind'] === 'VAR_SET_MULTI' && fields['name'] === 'TRANSACTION')
    return 'Khipu sets the mode of the transaction when it begins: SET TRANSACTION is not run here.';
  if (type === 'CopyStmt') return copyRefusal(fields);
  return undefined;
}

function transactionRefusal(kind: string): string {
  if (kind.endsWith('_PREPARED') || kind === 'TRANS_STMT_PREPARE')
    return 'Transactions in two phases are not run here: they outlive the connection that could take them back.';
  if (/SAVEPOINT|RELEASE|ROLLBACK_TO/.test(kind))
    return 'Khipu sets a savepoint before each statement itself, so SAVEPOINT is not run here.';
  return 'Khipu begins and ends the transaction itself: use Begin Transaction, Commit and Roll Back.';
}

function copyRefusal({ is_program: isProgram, filename, is_from: isFrom }: Fields): string {
  if (isProgram === true)
    return 'COPY … PROGRAM runs a program on the server, which no roll back takes back.';
  if (filename !== undefined)
    return isFrom === true
      ? 'COPY from a file reads the file system of the server: it is not run here.'
      : 'COPY to a file writes to the file system of the server, which no roll back takes back.';
  return isFrom === true
    ? 'COPY … FROM STDIN needs data that comes behind the statement: it is not run here.'
    : 'COPY … TO STDOUT only reads: run the query inside it, and use Export Result.';
}

function reindexName({ kind, params }: Fields): string | undefined {
  if (optionNames(params).includes('concurrently')) return 'REINDEX CONCURRENTLY';
  const whole = /REINDEX_OBJECT_(SCHEMA|SYSTEM|DATABASE)$/.exec(String(kind))?.[1];
  return whole === undefined ? undefined : `REINDEX ${whole}`;
}

function optionNames(options: unknown): string[] {
  if (!Array.isArray(options)) return [];
  return options.map((option: { DefElem?: { defname?: string } }) => option.DefElem?.defname ?? '');
}
