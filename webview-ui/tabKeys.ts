/** What every list of tabs has: one tab is selected and takes the focus, and keys go round. */

/** Marks one tab of the list as the selected one. */
export function markTab(list: HTMLElement, selected: HTMLElement): void {
  for (const tab of tabsOf(list)) {
    tab.ariaSelected = String(tab === selected);
    tab.tabIndex = tab === selected ? 0 : -1;
  }
}

/** Arrows go to the next tab and round, Home and End to the ends; the tab that they lead to is pressed. */
export function walkTabs(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    const tabs = tabsOf(list);
    const at = tabs.findIndex((tab) => tab.tabIndex === 0);
    const places: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const tab = tabs[places[event.key] ?? -1];
    if (tab === undefined) return;
    event.preventDefault();
    tab.click();
    tab.focus();
  });
}

function tabsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
}
