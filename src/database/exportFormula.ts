/** Keeps a cell from being run as a formula by the spreadsheet that opens the file (OWASP, "CSV Injection"). */

/** What starts a formula, in full width too; a tab, CR or LF may be dropped before it. */
export const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/;
const number = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|Infinity)$/i;

/** Whether a spreadsheet might take this text for a formula; a signed number is none. */
export function isFormula(text: string): boolean {
  return formulaStart.test(text) && !number.test(text);
}

/** The text with the apostrophe before it that spreadsheets read as "this is text", when it needs one. */
export function withoutFormula(text: string): string {
  return isFormula(text) ? `'${text}` : text;
}
