/** One register for the auditor: as it stood at any moment, what differs between two, and all that happened. Nothing here changes anything. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { RegisterKey } from "../../../../model.ts";
import { isRegisterHistory, isStoodRegister, type RegisterHistory } from "../../../../office/register_history.ts";
import { classTitle, lessonOf } from "../../../../office/school.ts";
import type { Reading } from "../../../../office/readings.ts";
import { empty } from "../../../parts/empty.ts";
import { lessonName } from "../../../parts/register-name.ts";
import { screen } from "../../../parts/screen.ts";
import type { Shown } from "../../../view.ts";
import { officeAddress, read, type Office } from "../context.ts";
import { loaded } from "../loaded.ts";
import { difference } from "./difference.ts";
import { stood } from "./stood.ts";
import { timeline } from "./timeline.ts";

/** The screen of the register with this id. */
export function registerHistory(office: Office, session_id: string): TemplateResult {
  const { view, w, t, school, format } = office;
  const path = `/audit/sessions/${encodeURIComponent(session_id)}/history`;
  const reading = read(office, path, isRegisterHistory, true);
  const key = keyOf(reading.body);
  return screen(view, {
    title: w("replay.title"),
    ...(key ? { subtitle: `${format.longDay(key.date)} · ${lessonName(t, lessonOf(school, key))}` } : {}),
    body: html`<a class="link" href=${officeAddress("registers", session_id)}>${w("signoff.register")}</a>
      ${key ? html`<p class="font-semibold"><bdi>${classTitle(school, key.class_id) || w("class.unknown")}</bdi></p>` : nothing}
      ${reading.problem?.slug === "not-found" ? empty(w("replay.none"), w("replay.none.how")) : parts(office, session_id, path, reading)}`,
  });
}

function keyOf(history: RegisterHistory | null): RegisterKey | null {
  if (history === null) return null;
  const { class_id, date, subject_id = null, slot = null } = history;
  return { class_id, date, subject_id, slot };
}

function parts(office: Office, session_id: string, path: string, reading: Reading<RegisterHistory>): Shown {
  return html`${office.me.role === "auditor" ? atMoments(office, session_id) : html`<p class="text-soft">${office.w("replay.auditors_only")}</p>`}
    <section class="grid grid-cols-1 gap-3" aria-labelledby="happened">
      <h2 id="happened">${office.w("replay.timeline")}</h2>
      ${loaded(office, path, reading, ({ events }) => timeline(office, events))}
    </section>`;
}

/** As it stands by what is known now, which also tells the moments. */
function atMoments(office: Office, session_id: string): TemplateResult {
  const path = `/audit/sessions/${encodeURIComponent(session_id)}/as-of`;
  return loaded(office, path, read(office, path, isStoodRegister, true), (now) =>
    now.moments.length === 0 ? nothing : html`${stood(office, path, now)} ${difference(office, path, now)}`);
}
