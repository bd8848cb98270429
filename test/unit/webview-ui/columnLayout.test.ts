import assert from 'node:assert/strict';
import {
  freezing,
  hiding,
  moving,
  plainLayout,
  resizing,
  showing,
  shownColumns,
} from '../../../webview-ui/columnLayout.ts';

describe('the layout of columns', () => {
  const plain = plainLayout(4);

  it('hides and shows columns at their places, but never the last', () => {
    const hidden = hiding(hiding(plain, 1), 3);
    assert.deepEqual(shownColumns(hidden), [0, 2]);
    assert.deepEqual(shownColumns(showing(hidden, 1)), [0, 1, 2]);
    assert.deepEqual(shownColumns(hiding(hiding(hidden, 0), 2)), [2]);
    assert.equal(hiding(hidden, 1), hidden);
  });

  it('moves a column among those that are shown', () => {
    assert.deepEqual(shownColumns(moving(plain, 3, 0)), [3, 0, 1, 2]);
    assert.deepEqual(shownColumns(moving(plain, 0, 2)), [1, 2, 0, 3]);
    assert.deepEqual(shownColumns(moving(plain, 0, 9)), [1, 2, 3, 0]);
    assert.deepEqual(shownColumns(moving(plain, 2, -1)), [2, 0, 1, 3]);
    const hidden = moving(hiding(plain, 1), 3, 1);
    assert.deepEqual(shownColumns(hidden), [0, 3, 2]);
    assert.deepEqual(shownColumns(showing(hidden, 1)).toSorted(), [0, 1, 2, 3]);
    assert.equal(moving(hiding(plain, 1), 1, 0).order.indexOf(1), 1);
  });

  it('freezes the first columns, and no more than are shown', () => {
    const frozen = freezing(plain, 1);
    assert.equal(frozen.frozen, 2);
    assert.equal(hiding(frozen, 0).frozen, 1);
    assert.equal(hiding(frozen, 3).frozen, 2);
    assert.equal(freezing(frozen).frozen, 0);
  });

  it('keeps widths within limits', () => {
    assert.equal(resizing(plain, 2, 3).widths.get(2), 32);
    assert.equal(resizing(plain, 2, 99.6).widths.get(2), 100);
    assert.equal(resizing(plain, 2, 1e9).widths.get(2), 2000);
  });
});
