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
