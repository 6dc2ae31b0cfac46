import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Route } from "../../src/model.ts";
import { OFFICE_SCREENS } from "../../src/office/model.ts";
import { addressOf, NO_FILTER, parseAddress, type Filter } from "../../src/ui/routing.ts";

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((word) => word !== "-");
const slot = fc.stringMatching(/^[a-z0-9_-]{1,32}$/).filter((word) => word !== "-");
const date = fc.constantFrom("2026-11-24", "2024-02-29", "2026-01-01");
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>({ name: "sync" }, { name: "history" }, { name: "settings" }),
  fc.record({ name: fc.constant("today" as const), date: fc.option(date) }, { noNullPrototype: true }),
  fc.record({
    name: fc.constant("register" as const),
    key: fc.record({ class_id: text, date, subject_id: fc.option(text), slot: fc.option(slot) }, { noNullPrototype: true }),
  }, { noNullPrototype: true }),
);
const filter: fc.Arbitrary<Filter> = fc.record({
  show: fc.constantFrom(null, "present", "absent", "late", "excused", "unmarked"),
  search: fc.string({ unit: "grapheme" }),
}, { noNullPrototype: true });

test("every screen with every filter comes back from its address", () => {
  fc.assert(
    fc.property(route, filter, (route, filter) => {
      assert.deepEqual(parseAddress(addressOf(route, filter)), { route, filter });
    }),
  );
});

test("a place in the office comes back with what is open and how it is filtered", () => {
  const query = fc.dictionary(fc.constantFrom("state", "student", "from", "q"), text);
  fc.assert(
    fc.property(fc.constantFrom(...OFFICE_SCREENS), fc.option(text), query, (screen, id, query) => {
      const route: Route = { name: "office", screen, id, query: { ...query } };
      assert.deepEqual(parseAddress(addressOf(route)), { route, filter: NO_FILTER });
    }),
  );
});

test("whatever else stands in the address leads to a screen", () => {
  fc.assert(fc.property(fc.string(), (junk) => assert.ok(parseAddress(`#${junk}`).route.name)));
  const today = { route: { name: "today", date: null }, filter: NO_FILTER };
  for (const hash of ["", "#", "#/", "#/nowhere", "#/office", "#/office/nowhere", "#/today/yesterday", "#/register/c1", "#/register/c1/2026-99-99/-/-", "#/register/c1/2026-02-31/-/-", "#/register/c1/2026-11-24/-/A%20B", "#/%E0%A4%A"]) {
    assert.deepEqual(parseAddress(hash), today, hash);
  }
});

test("an address without subject and slot says so", () => {
  const route: Route = { name: "register", key: { class_id: "c1", date: "2026-11-24", subject_id: null, slot: null } };
  assert.equal(addressOf(route), "#/register/c1/2026-11-24/-/-");
});
