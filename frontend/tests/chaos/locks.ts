/** The browser's locks: held by tabs, and let go when a tab is gone. */

interface Wish {
  readonly tab: object;
  granted(): void;
}

export class Locks {
  /** Who wishes for a lock, in order; the first has it. */
  private readonly wishes = new Map<string, readonly Wish[]>();

  /** Runs the work when no other has the lock. */
  async alone<T>(name: string, tab: object, work: () => Promise<T>): Promise<T> {
    const wish = await this.granted(name, tab);
    try {
      return await work();
    } finally {
      this.keep(name, (one) => one !== wish);
    }
  }

  /** Runs the work if nobody has the lock, else answers null. */
  async ifFree<T>(name: string, tab: object, work: () => Promise<T>): Promise<T | null> {
    return (this.wishes.get(name) ?? []).length > 0 ? null : this.alone(name, tab, work);
  }

  /** Lets go of everything that a tab had or waited for. */
  letGo(tab: object): void {
    for (const name of [...this.wishes.keys()]) this.keep(name, (one) => one.tab !== tab);
  }

  private granted(name: string, tab: object): Promise<Wish> {
    return new Promise((resolve) => {
      const wish: Wish = { tab, granted: () => resolve(wish) };
      const before = this.wishes.get(name) ?? [];
      this.wishes.set(name, [...before, wish]);
      if (before.length === 0) wish.granted();
    });
  }

  private keep(name: string, stays: (wish: Wish) => boolean): void {
    const before = this.wishes.get(name) ?? [];
    const after = before.filter(stays);
    this.wishes.set(name, after);
    if (after[0] !== before[0]) after[0]?.granted();
  }
}
