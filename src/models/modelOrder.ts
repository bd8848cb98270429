/** The list of models that are asked when the first does not answer, changed one step at a time. */
import { writeModelChoice, type ModelChoice } from './modelChoice.ts';

export function isSameChoice(one: ModelChoice, other: ModelChoice): boolean {
  return writeModelChoice(one) === writeModelChoice(other);
}

/** The list with a model at its end; as it is when the model is in it. */
export function withModel(order: readonly ModelChoice[], choice: ModelChoice): readonly ModelChoice[] {
  return order.some((each) => isSameChoice(each, choice)) ? order : [...order, choice];
}

export function withoutModel(order: readonly ModelChoice[], choice: ModelChoice): readonly ModelChoice[] {
  return order.filter((each) => !isSameChoice(each, choice));
}

/** The list with a model one place up or down; as it is where there is no such place. */
export function moveModel(
  order: readonly ModelChoice[],
  choice: ModelChoice,
  by: -1 | 1,
): readonly ModelChoice[] {
  const from = order.findIndex((each) => isSameChoice(each, choice));
  const moved = order[from];
  const other = order[from + by];
  if (moved === undefined || other === undefined) return order;
  return order.map((each) => (each === moved ? other : each === other ? moved : each));
}
