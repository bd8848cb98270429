/** Dates and times as Postgres writes them in ISO style, as numbers that stand in the order of time. */

const temporal =
  /^(\d{4,7})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/;

/** Seconds since 1970 in UTC, and microseconds beyond: together they are too many for one double. */
export type Moment = readonly [seconds: number, microseconds: number];

/** Days from 1970-01-01 in the proleptic Gregorian calendar. Source: Howard Hinnant, days_from_civil. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** @returns undefined for what is not written in ISO style; `-infinity` and `infinity` are moments, too */
export function momentOf(text: string): Moment | undefined {
  if (text === 'infinity') return [Infinity, 0];
  if (text === '-infinity') return [-Infinity, 0];
  const match = temporal.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hours,
    minutes,
    seconds,
    fraction,
    sign,
    zoneHours,
    zoneMinutes,
    zoneSeconds,
    bc,
  ] = match;
  const number = (part: string | undefined): number => Number(part ?? 0);
  const days = daysOf(bc === undefined ? number(year) : 1 - number(year), number(month), number(day));
  const time = number(hours) * 3600 + number(minutes) * 60 + number(seconds);
  const zone = number(zoneHours) * 3600 + number(zoneMinutes) * 60 + number(zoneSeconds);
  return [days * 86_400 + time - (sign === '-' ? -zone : zone), Number((fraction ?? '').padEnd(6, '0'))];
}

export function compareMoments(one: Moment, other: Moment): number {
  return one[0] === other[0] ? one[1] - other[1] : one[0] < other[0] ? -1 : 1;
}

/** A moment as one number, which loses microseconds; undefined as `momentOf` says it. */
export function secondsOf(text: string): number | undefined {
  const moment = momentOf(text);
  return moment === undefined ? undefined : moment[0] + moment[1] / 1e6;
}
