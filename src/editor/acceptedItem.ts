/** A list that is wired by hand, as a promise of what the user chooses from it. */
import type * as vscode from 'vscode';

/**
 * Shows a list until an item is accepted or the user turns away; the list is disposed then.
 * @param buttons of the title bar, each with the item that it stands for
 * @param isChoice false for items that only tell: to accept one leaves the list open
 */
export function accepted<Item extends vscode.QuickPickItem>(
  pick: vscode.QuickPick<Item>,
  buttons: ReadonlyMap<vscode.QuickInputButton, Item> = new Map(),
  isChoice: (item: Item) => boolean = () => true,
): Promise<Item | undefined> {
  pick.buttons = [...buttons.keys()];
  return new Promise((resolve) => {
    const listeners = [
      pick.onDidTriggerButton((button) => {
        resolve(buttons.get(button));
        pick.hide();
      }),
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        if (item === undefined || !isChoice(item)) return;
        resolve(item);
        pick.hide();
      }),
      pick.onDidHide(() => {
        resolve(undefined);
        for (const listener of listeners) listener.dispose();
        pick.dispose();
      }),
    ];
    pick.show();
  });
}

/**
 * Shows a list of actions and of items that only tell, whose own buttons work while it is open.
 * @param wire given what to call with a failure of that work, which closes the list
 * @throws what `wire` was told of
 */
export function acceptedAction<Action>(
  pick: vscode.QuickPick<vscode.QuickPickItem & { readonly action: Action | undefined }>,
  wire: (fail: (thrown: unknown) => void) => void,
): Promise<Action | undefined> {
  const chosen = Promise.withResolvers<Action | undefined>();
  wire((thrown) => {
    chosen.reject(thrown);
    pick.hide();
  });
  void accepted(pick, undefined, ({ action }) => action !== undefined).then((item) =>
    chosen.resolve(item?.action),
  );
  return chosen.promise;
}
