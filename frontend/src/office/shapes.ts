/** Whether what came over the network has the parts that the office's screens rely on. */

import type { components } from "../api/query-api.d.ts";

type Schemas = components["schemas"];

export function isExceptionPage(body: unknown): body is Schemas["Page_ExceptionItem"] {
  return isPage(body, ["id", "student_id", "category", "start_date", "end_date", "status", "recorded_at"]);
}

export function isSessionPage(body: unknown): body is Schemas["Page_SessionItem"] {
  return isPage(body, ["id", "class_id", "date", "status"]);
}

export function isSessionAnswer(body: unknown): body is Schemas["SessionResponse"] {
  return isRecord(body) && hasTexts(body, ["id", "class_id", "date", "status"]) && Array.isArray(body["students"]);
}

export function isConflictPage(body: unknown): body is Schemas["Page_ConflictItem"] {
  return isPage(body, ["session_id", "class_id", "date", "student_id", "kind", "state"]);
}

export function isRefusalPage(body: unknown): body is Schemas["Page_RefusalItem"] {
  return isPage(body, ["id", "type", "refused_at"]);
}

export function isDevicePage(body: unknown): body is Schemas["Page_DeviceItem"] {
  return isPage(body, ["device_id", "last_contact_at"]);
}

export function isStudentRate(body: unknown): body is Schemas["StudentRateResponse"] {
  return isRecord(body) && hasTexts(body, ["student_id", "name"]) && isRecord(body["sessions"]) && Array.isArray(body["doubles"]);
}

export function isSignOffPage(body: unknown): body is Schemas["Page_SignOffItem"] {
  return isPage(body, ["sign_off_id", "from", "to", "signed_at"]) && body.items.every(({ amendments, signed_by }) => isRecord(amendments) && isRecord(signed_by));
}

export function isAmendmentPage(body: unknown): body is Schemas["Page_AmendmentItem"] {
  return isPage(body, ["kind", "from", "now", "recorded_at", "id"]) && body.items.every(({ by }) => isRecord(by));
}

export function isSignOffCheck(body: unknown): body is Schemas["SignOffCheckResponse"] {
  return isRecord(body) && ["expected", "taken", "not_taken", "not_received"].every((name) => typeof body[name] === "number");
}

/** A list, each of its items with words where words are meant. */
export function isPage(body: unknown, texts: readonly string[]): body is { items: Record<string, unknown>[]; next_cursor?: string | null } {
  return isRecord(body) && Array.isArray(body["items"]) && body["items"].every((item) => isRecord(item) && hasTexts(item, texts));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasTexts(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === "string");
}

/** A text that may be something else, or missing. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Whether a text is a day of the calendar, as an ISO date. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
