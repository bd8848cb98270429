/** Times rounded down to a unit, so that there are not more of them than a chart has room for. */

export const timeUnits = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** More places along an axis than these are too many. */
export const mostTimes = 400;

const seconds: Readonly<Record<TimeUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_746,
  quarter: 7_889_238,
  year: 31_556_952,
};

/** @param span in seconds @returns the finest unit of which the span has few enough */
export function unitFor(span: number): TimeUnit {
  return timeUnits.find((unit) => span / seconds[unit] <= mostTimes) ?? 'year';
}

/** Rounds a date or timestamp down, as `date_trunc` does, and leaves alone what is none: infinity, years before Christ. */
export function roundedDown(text: string, unit: TimeUnit): string {
  const match = /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?[^B]*$/.exec(text);
  if (match === null) return text;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match;
  switch (unit) {
    case 'year':
      return `${year}-01-01`;
    case 'quarter':
      return `${year}-${String(Math.floor((Number(month) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
    case 'month':
      return `${year}-${month}-01`;
    case 'week':
      return mondayOf(Number(year), Number(month), Number(day));
    case 'day':
      return `${year}-${month}-${day}`;
    case 'hour':
      return `${year}-${month}-${day} ${hour}:00:00`;
    case 'minute':
      return `${year}-${month}-${day} ${hour}:${minute}:00`;
    case 'second':
      return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  }
}

function mondayOf(year: number, month: number, day: number): string {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}
