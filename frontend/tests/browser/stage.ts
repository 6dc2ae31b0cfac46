/** Where the tests of one file play: the fixture, served, and a browser, from the first test to the last. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launch, LOOKS, reach, serveFixture, type Fixture, type Look } from "./screens.ts";

export interface Stage {
  readonly fixture: Fixture;
  readonly browser: Browser;
  /** Opens a look by its name in a page, with some of it otherwise if wished, and waits until it is drawn. */
  open(page: Page, name: string, more?: Partial<Look>, settings?: Readonly<Record<string, string>>): Promise<void>;
}

/** Sets the stage for the file that asks. */
export function stage(): Stage {
  let set: { readonly fixture: Fixture; readonly browser: Browser } | null = null;
  before(async () => {
    set = { fixture: await serveFixture(), browser: await launch() };
  });
  after(async () => {
    await set?.browser.close();
    set?.fixture.close();
  });
  const ready = (): NonNullable<typeof set> => {
    assert.ok(set, "only within tests");
    return set;
  };
  return {
    get fixture() {
      return ready().fixture;
    },
    get browser() {
      return ready().browser;
    },
    async open(page, name, more = {}, settings = {}) {
      const look = LOOKS.find((one) => one.name === name);
      assert.ok(look, name);
      await reach(page, ready().fixture.origin, { ...look, ...more }, settings);
    },
  };
}
