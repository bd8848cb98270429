/** What the scripted model servers reply, in the form that Khipu asks for. */

/** A reply with a statement. */
export function sqlReply(sql: string): string {
  return JSON.stringify({ sql, explanation: 'As asked.', assumptions: [], clarification: null });
}

/** A reply that asks back. */
export function questionBack(clarification: string): string {
  return JSON.stringify({ sql: null, explanation: '', assumptions: [], clarification });
}
