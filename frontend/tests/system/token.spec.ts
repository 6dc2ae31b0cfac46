/** Sign-ins that have run out take nothing away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { morning } from "./morning.ts";
import { eachTapOnce } from "./taps.ts";

test("a token that ran out offline is renewed by itself, with and without a reload", async () => {
  const { office, token_run_out, teacher, phone, students: [a, b] } = await morning();
  await phone.goOffline();
  await phone.mark(a, "absent");
  let renewed = 0;
  phone.context.on("response", (response) => {
    if (response.url().endsWith("/auth/refresh") && response.ok()) renewed += 1;
  });
  await phone.context.route("**/api/v1/**", (route, request) => {
    const keeps = renewed > 0 || request.url().endsWith("/auth/refresh");
    // Until it is renewed, the token is as old as a night makes it.
    return route.continue(keeps ? {} : { headers: { ...request.headers(), authorization: `Bearer ${token_run_out}` } });
  });
  await phone.goOnline();
  await phone.signSays(a, "Received");
  assert.equal(renewed, 1, "renewed once for all requests");

  await phone.goOffline();
  await phone.page.reload();
  await phone.registerShows(teacher);
  await phone.mark(b, "late");
  await phone.goOnline();
  await phone.signSays(b, "Received");
  assert.equal(renewed, 2, "a page that was loaded anew has no token");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});

test("when the sign-in itself has run out, work goes on, and signing in again sends it", async () => {
  const { office, teacher, phone, students: [a, b] } = await morning();
  await phone.goOffline();
  await phone.mark(a, "absent");
  await phone.context.clearCookies();
  await phone.page.reload();
  await phone.goOnline();
  await phone.page.getByText("Sign in to send 1 mark.").waitFor();
  await phone.registerShows(teacher);
  await phone.mark(b, "absent");
  await phone.page.getByRole("link", { name: "Sign in" }).click();
  await phone.fillSignIn(teacher);
  await phone.tallySays("All received");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 2);
  await phone.putAway();
});

test("a token that one tab renews is the other tab's too", async () => {
  const { office, token_run_out, teacher, phone, students: [a, b, c] } = await morning();
  const first = phone.page;
  phone.page = await phone.context.newPage();
  await phone.openRegister(teacher.register);
  await phone.registerShows(teacher);
  await phone.mark(a, "absent");
  await phone.signSays(a, "Received");
  const second = phone.page;

  await phone.goOffline();
  const renewed: string[] = [];
  await phone.context.route("**/api/v1/**", async (route, request) => {
    if (request.url().endsWith("/auth/refresh")) {
      const response = await route.fetch();
      if (response.ok()) renewed.push(`Bearer ${(await response.json()).access_token}`);
      return await route.fulfill({ response });
    }
    // Of all tokens only the one that was got last is still good.
    const is_good = request.headers()["authorization"] === renewed.at(-1);
    return await route.continue(is_good ? {} : { headers: { ...request.headers(), authorization: `Bearer ${token_run_out}` } });
  });
  phone.page = first;
  await phone.mark(b, "late");
  await phone.goOnline();
  await phone.signSays(b, "Received");
  await first.close();
  phone.page = second;
  await phone.mark(c, "excused");
  await phone.signSays(c, "Received");
  assert.equal(renewed.length, 1, "renewed once for both tabs");
  await eachTapOnce(office, phone, teacher.id, teacher.register, 3);
  await phone.putAway();
});
