/** Whether what came over the network has the parts that the app relies on. */

import type { components as CommandApi } from "../api/command-api.d.ts";
import type { components as QueryApi } from "../api/query-api.d.ts";
import type { DateText } from "../model.ts";

type Schemas = QueryApi["schemas"] & CommandApi["schemas"];

export function isBatchAnswer(body: unknown): body is Schemas["BatchAnswer"] {
  return isRecord(body) && Array.isArray(body["results"])
    && body["results"].every((result) => isRecord(result) && typeof result["index"] === "number" && isText(result["outcome"]));
}

export function isSignedIn(body: unknown): body is Schemas["SignedIn"] {
  return isRecord(body) && isText(body["access_token"]) && typeof body["expires_in"] === "number"
    && isRecord(body["user"]) && isText(body["user"]["id"]) && isText(body["user"]["school_id"]);
}

export function isRosterAnswer(body: unknown): body is Schemas["RosterResponse"] {
  return isRecord(body) && isRecord(body["school"]) && isRecord(body["policy"])
    && ["terms", "subjects", "slots", "closed_days", "staff", "classes"].every((name) => Array.isArray(body[name]));
}

export function isSessionPage(body: unknown): body is Schemas["Page_SessionItem"] {
  return isPage(body) && body.items.every((item) => isText(item["id"]) && isText(item["changed_position"]));
}

export function isSessionAnswer(body: unknown): body is Schemas["SessionResponse"] {
  return isRecord(body) && isText(body["id"]) && Array.isArray(body["students"]);
}

export function isConflictPage(body: unknown): body is Schemas["Page_ConflictItem"] {
  return isPage(body) && body.items.every((item) => isText(item["session_id"]) && isText(item["kind"]));
}

export function isTimeAnswer(body: unknown): body is Schemas["TimeResponse"] {
  return isRecord(body) && isText(body["now"]) && !Number.isNaN(Date.parse(body["now"]));
}

/** An event of `/changes`. */
export function isChange(told: unknown): told is { session_id: string; date: DateText; changed_position: string } {
  return isRecord(told) && isText(told["session_id"]) && isText(told["date"]) && isText(told["changed_position"]);
}

function isPage(body: unknown): body is { items: Record<string, unknown>[] } {
  return isRecord(body) && Array.isArray(body["items"]) && body["items"].every(isRecord);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
