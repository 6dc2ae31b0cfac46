/** Accounts: who may sign in, as what. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { components } from "../../../../api/command-api.d.ts";
import { isPage } from "../../../../office/shapes.ts";
import { empty } from "../../../parts/empty.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { ask } from "../ask.ts";
import { pathOf, read, refine, type Office } from "../context.ts";
import { doneBar } from "../done.ts";
import { choiceField, textOf } from "../fields.ts";
import { loaded, moreButton } from "../loaded.ts";
import { refusal, send } from "../online.ts";

type User = components["schemas"]["UserItem"];

const PATH = "/users";
const ROLES = ["teacher", "admin", "auditor"] as const;
/** As the server wants them. */
const LEAST_PASSWORD = 8;
const LONGEST_NAME = 100;

/** The screen. */
export function usersScreen(office: Office): TemplateResult {
  const { view, t, w, may_write, desk, route } = office;
  return screen(view, {
    title: t("nav.users"),
    body: html`${may_write
        ? html`<button type="button" class="button button-main justify-self-start" ?disabled=${!view.state.online} @click=${() => desk.change({ question: { about: "new_user" } })}>${w("user.new")}</button>`
        : nothing}
      <label class="grid gap-1">
        <span class="font-semibold">${w("user.search")}</span>
        <input class="field" type="search" dir="auto" autocomplete="off" .value=${route.query["q"] ?? ""} @input=${(event: Event) => refine(office, { q: (event.target as HTMLInputElement).value })} />
      </label>
      ${refusal(office)} ${list(office)} ${question(office)}`,
    footer: doneBar(office),
  });
}

function isUsers(body: unknown): body is components["schemas"]["UserPage"] {
  return isPage(body, ["id", "username", "name", "role"]);
}

/** The accounts that the screen shows. */
function shownPath({ route }: Office): string {
  return pathOf(PATH, { q: route.query["q"]?.trim(), limit: "100" });
}

function list(office: Office): Shown {
  const { w } = office;
  const path = shownPath(office);
  const reading = read(office, path, isUsers);
  return loaded(office, path, reading, ({ items }) => {
    if (items.length === 0) return empty(w("user.none"), w("user.none.how"));
    return html`<ul class="card divide-y divide-line" aria-label=${office.t("nav.users")}>${items.map((user) => html`<li class="p-3 flex flex-wrap items-center justify-between gap-2">${line(office, user)}</li>`)}</ul>
      ${moreButton(office, path, reading)}`;
  });
}

function line(office: Office, user: User): TemplateResult {
  const { w, may_write, desk, me, view } = office;
  const off = desk.sending || !view.state.online;
  return html`<span class="min-w-0"><bdi class="font-semibold">${user.name}</bdi> <span class="text-soft"><bdi>${user.username}</bdi> · ${w.word(`role.${user.role}`) ?? user.role}</span>
      ${user.disabled ? html`<span class="pill pill-absent">${w("user.closed")}</span>` : user.has_password ? nothing : html`<span class="pill pill-unmarked">${w("user.no_password")}</span>`}</span>
    ${may_write ? html`<span class="flex flex-wrap gap-2">
      <button type="button" class="button" ?disabled=${off} @click=${() => desk.change({ question: { about: "password", user_id: user.id, name: user.name } })}>${w("user.password")}</button>
      ${user.id === me.id
        ? nothing
        : html`<button type="button" class="button ${user.disabled ? "" : "button-danger"}" ?disabled=${off} @click=${() => setDisabled(office, user)}>${w(user.disabled ? "user.open" : "user.close")}</button>`}
    </span>` : nothing}`;
}

/** Takes effect within seconds, and is taken back by the same button. */
function setDisabled(office: Office, { id, name, disabled }: User): void {
  send(office, { method: "PATCH", path: `${PATH}/${id}`, body: { disabled: !disabled }, reads: shownPath(office) }, office.w(disabled ? "user.opened" : "user.closed_now", { name }));
}

function question(office: Office): Shown {
  const { desk, w } = office;
  const asked = desk.question;
  if (asked?.about === "password") {
    const { user_id, name } = asked;
    return ask(office, {
      title: w("user.password.title", { name }),
      body: html`${passwordField(office)} <p class="text-soft">${w("user.password.how")}</p>`,
      submit: w("user.password"),
      onSubmit: (fields) => send(office, { method: "PATCH", path: `${PATH}/${user_id}`, body: { password: String(fields.get("password") ?? "") }, reads: shownPath(office) }, w("user.password.done", { name })),
    });
  }
  if (asked?.about !== "new_user") return nothing;
  return ask(office, {
    title: w("user.new"),
    body: html`${textField(w("user.name"), "name")} ${textField(w("user.username"), "username", "\\S+")}
      ${choiceField(w("user.role"), "role", "teacher", ROLES.map((role) => [role, w(`role.${role}`)] as const), () => undefined)} ${passwordField(office)}
      <p class="text-soft">${w("user.password.how")}</p>`,
    submit: w("user.add"),
    onSubmit: (fields) => {
      const body = { name: textOf(fields, "name"), username: textOf(fields, "username"), role: textOf(fields, "role"), password: String(fields.get("password") ?? "") };
      send(office, { method: "POST", path: PATH, body, reads: shownPath(office) }, w("user.added", { name: body.name }));
    },
  });
}

function textField(label: string, name: string, pattern = ".*\\S.*"): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${label}</span>
    <input class="field" name=${name} dir="auto" required pattern=${pattern} maxlength=${LONGEST_NAME} autocomplete="off" />
  </label>`;
}

function passwordField({ w }: Office): TemplateResult {
  return html`<label class="grid gap-1">
    <span class="font-semibold">${w("user.first_password")}</span>
    <input class="field" type="password" name="password" required minlength=${LEAST_PASSWORD} maxlength="200" autocomplete="new-password" />
  </label>`;
}
