/** What a column of a result is for a reader: something measured, a time, a category, or a mere key. */
import type { ColumnFacts } from './columnFacts.ts';

export type ColumnRole = 'measure' | 'time' | 'category' | 'key' | 'other';

const keyName = /(?:^|_)(?:id|ids|key|uuid|guid|code|zip|postcode|phone|nr|no)$|[a-z](?:Id|Key)$/;
const calendarName = /(?:^|_)(?:year|quarter|month|week|day|hour|dow|weekday)$/i;

/** A number that orders rows is no measure; a text of which each row has another is a label. */
export function roleOf({ family, name }: ColumnFacts): ColumnRole {
  switch (family) {
    case 'number':
      if (keyName.test(name)) return 'key';
      return calendarName.test(name) ? 'category' : 'measure';
    case 'date':
      return 'time';
    case 'text':
      return keyName.test(name) ? 'key' : 'category';
    case 'boolean':
      return 'category';
    case 'other':
      return 'other';
  }
}

const notAdditive =
  /avg|average|mean|median|percent|pct|ratio|rate|share|price|age|score|rank|latitude|longitude|(?:^|_)(?:lat|lon|lng|per|min|max)(?:_|$)|temperature/i;

/** Whether the sum of its values means something: that of prices and averages does not. */
export function isAdditive({ name }: Pick<ColumnFacts, 'name'>): boolean {
  return !notAdditive.test(name);
}
