/** Dates and timestamps as Postgres writes them, put in order: years before Christ and beyond 9999, infinity, time zones. */

const written =
  /^(\d{4,7})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d(?:\.\d+)?))?([+-]\d\d(?::\d\d(?::\d\d)?)?)?( BC)?$/;

/** @returns seconds on one line of time, infinite for `infinity`; undefined for what is not a date */
export function momentOf(text: string): number | undefined {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  if (text.length > 60) return undefined;
  const match = written.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone, era] = match;
  // The year before 1 AD is 1 BC: there is no year 0.
  const counted = era === undefined ? Number(year) : 1 - Number(year);
  const days = daysSince(counted, Number(month), Number(day));
  return days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetOf(zone);
}

/** Days since 1970-01-01 in the Gregorian calendar, which Postgres carries on before 1582 and after any `Date`. */
function daysSince(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function offsetOf(zone: string | undefined): number {
  if (zone === undefined) return 0;
  const [hours = 0, minutes = 0, seconds = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}
