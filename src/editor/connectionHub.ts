/** The rows of the hub in which a connection is edited: what stands where, and what is different from before. Pure. */
import type { ConnectionDraft } from './connectionDraft.ts';
import { connectionProperties, propertyGroups, type ConnectionProperty } from './connectionProperties.ts';

/** A divider, or a property as it stands now. */
export type HubRow =
  | { readonly kind: 'group'; readonly label: string }
  | {
      readonly kind: 'property';
      readonly property: ConnectionProperty;
      readonly label: string;
      /** The value in words, and what it was when that is something else. */
      readonly description: string;
    };

/** The properties that have a meaning for the draft, group after group. @param before undefined for a new connection */
export function hubRows(before: ConnectionDraft | undefined, draft: ConnectionDraft): HubRow[] {
  return propertyGroups.flatMap((group) => [
    { kind: 'group' as const, label: group },
    ...connectionProperties
      .filter((property) => property.group === group && property.when?.(draft) !== false)
      .map((property) => ({
        kind: 'property' as const,
        property,
        label: property.label,
        description: valueWords(property, before, draft),
      })),
  ]);
}

function valueWords(
  property: ConnectionProperty,
  before: ConnectionDraft | undefined,
  draft: ConnectionDraft,
): string {
  const now = property.value(draft);
  if (before === undefined) return now;
  if (property.id === 'password')
    return draft.password !== undefined && before.password !== draft.password
      ? 'a new one, not saved yet'
      : now;
  const was = property.when?.(before) === false ? undefined : property.value(before);
  return was === undefined || was === now ? now : `${now} (was ${was})`;
}

/** The property of this id. */
export function propertyOf(id: string): ConnectionProperty | undefined {
  return connectionProperties.find((property) => property.id === id);
}
