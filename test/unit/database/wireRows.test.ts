import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WireRows, type RowRule } from '../../../src/database/wireRows.ts';

/** A cut may go through a character, so cells may be bytes. */
function dataRow(cells: readonly (string | Buffer | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(cells.length);
  const parts = cells.flatMap((cell) => {
    const bytes = typeof cell === 'string' ? Buffer.from(cell) : cell;
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes?.length ?? -1);
    return [length, bytes ?? Buffer.alloc(0)];
  });
  return message('D', Buffer.concat([count, ...parts]));
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const notice = message('N', Buffer.from('D\0\0\0\x04 looks like a row'));

/** What pg would see of these bytes when they come in parts of this size, and what was cut of each row. */
function through(
  bytes: Buffer,
  rule: RowRule | undefined,
  partBytes: number,
): { seen: Buffer; cuts: [number, number][][] } {
  const wire = new WireRows();
  wire.rule = rule;
  const seen: Buffer[] = [];
  const cuts: [number, number][][] = [];
  for (let at = 0; at < bytes.length; at += partBytes)
    wire.take(bytes.subarray(at, at + partBytes), (part) => {
      seen.push(Buffer.from(part));
      if (wire.cuts.size > 0) cuts.push([...wire.cuts]);
    });
  return { seen: Buffer.concat(seen), cuts };
}

const anyCell = fc.option(fc.string({ unit: 'grapheme', maxLength: 40 }), { nil: null });
const anyRows = fc.array(fc.array(anyCell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
const anyPart = fc.integer({ min: 1, max: 60 });

describe('WireRows', () => {
  it('lets everything through as it is without a rule, and rows that are short enough with one', () => {
    fc.assert(
      fc.property(anyRows, anyPart, (rows, partBytes) => {
        const bytes = Buffer.concat(rows.flatMap((row) => [dataRow(row), notice]));
        for (const rule of [undefined, { keptBytes: 100_000 }])
          assert.deepEqual(through(bytes, rule, partBytes), { seen: bytes, cuts: [] });
      }),
    );
  });

  it('keeps the beginning of long cells and counts the whole in UTF-16 units', () => {
    fc.assert(
      fc.property(anyRows, anyPart, fc.integer({ min: 1, max: 12 }), (rows, partBytes, keptBytes) => {
        const bytes = Buffer.concat(rows.flatMap((row) => [notice, dataRow(row)]));
        const wanted = rows.map((row) => {
          const kept = row.map((cell) => (cell === null ? null : Buffer.from(cell).subarray(0, keptBytes)));
          return { kept, row };
        });
        const { seen, cuts } = through(bytes, { keptBytes }, partBytes);
        const shown = wanted.map(({ kept }) => dataRow(kept));
        assert.deepEqual(seen, Buffer.concat(shown.flatMap((row) => [notice, row])));
        const lengths = wanted
          .map(({ row }) =>
            row.flatMap((cell, index) =>
              cell !== null && Buffer.byteLength(cell) > keptBytes ? [[index, cell.length]] : [],
            ),
          )
          .filter((each) => each.length > 0);
        assert.deepEqual(cuts, lengths);
      }),
    );
  });

  it('hands one column over in parts and keeps it out of the rows', () => {
    fc.assert(
      fc.property(anyRows, anyPart, (rows, partBytes) => {
        const told: (string | null)[] = [];
        const parts: Buffer[] = [];
        const end = (): void => {
          if (parts.length > 0) told.push(Buffer.concat(parts.splice(0)).toString());
        };
        const tapped = {
          column: 0,
          onStart: (isNull: boolean) => {
            end();
            if (isNull) told.push(null);
            else parts.push(Buffer.alloc(0));
          },
          onPart: (bytes: Buffer) => void parts.push(Buffer.from(bytes)),
        };
        const { seen } = through(Buffer.concat(rows.map(dataRow)), { keptBytes: 0, tapped }, partBytes);
        end();
        assert.deepEqual(
          told,
          rows.map(([first]) => first),
        );
        assert.deepEqual(
          seen,
          Buffer.concat(rows.map((row) => dataRow(row.map((cell) => (cell === null ? null : ''))))),
        );
      }),
    );
  });

  it('keeps nothing of columns that are not wanted in a long row', () => {
    const long = 'x'.repeat(70_000);
    const rule = { keptBytes: 100_000, columns: new Set([1]) };
    const { seen, cuts } = through(dataRow([long, 'wanted', long]), rule, 1000);
    assert.deepEqual(seen, dataRow(['', 'wanted', '']));
    assert.deepEqual(cuts, []);
  });
});
