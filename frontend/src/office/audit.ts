/** What an auditor asks the server, and what of the answers the screens show. Pure. */

import type { components } from "../api/query-api.d.ts";
import { dayAfter, momentOf } from "../core/school_day.ts";
import type { DateText, InstantText } from "../model.ts";
import { isDay, isPage, isRecord, textOf } from "./shapes.ts";

type Schemas = components["schemas"];
export type EventItem = Schemas["EventItem"];
export type AccessItem = Schemas["AccessItem"];

/** The stored names of events, each with the command whose words say what happened; null: the office has words of its own. */
export const EVENT_TYPES: Readonly<Record<string, string | null>> = {
  session_opened: "OpenSession", session_closed: "CloseSession", session_reopened: "ReopenSession", session_voided: "VoidSession", session_restored: "RestoreSession",
  attendance_marked: "MarkAttendance", mark_cleared: "ClearMark", attendance_corrected: "CorrectAttendance", arrival_recorded: "RecordArrival",
  mark_contested: "ContestMark", conflict_accepted: "AcceptConflict",
  exception_recorded: "RecordException", exception_amended: "AmendException", exception_approved: "ApproveException",
  exception_rejected: "RejectException", exception_revoked: "RevokeException",
  student_enrolled: "EnrolStudent", student_withdrawn: "WithdrawStudent", enrolment_cancelled: "CancelEnrolment",
  teacher_assigned: null, teacher_ended: null, cover_assigned: "AssignCover", cover_ended: "EndCover",
  students_merged: "MergeStudents", merge_undone: "UndoMerge", period_signed_off: "SignOffPeriod", policy_set: null, calendar_set: null,
};

/** What the history is searched by, as it stands in the address. Class and student exclude one another. */
export const SEARCH_FILTERS = ["class_id", "student_id", "actor", "device", "type", "from", "to"] as const;
export type SearchFilter = (typeof SEARCH_FILTERS)[number];

/** What of a filter another one takes away; null takes it out of the address. */
export function choose(filter: SearchFilter, value: string | null): Readonly<Partial<Record<SearchFilter, string | null>>> {
  const chosen = { [filter]: value };
  if (value === null || value === "") return chosen;
  if (filter === "class_id") return { ...chosen, student_id: null };
  return filter === "student_id" ? { ...chosen, class_id: null } : chosen;
}

/** The parameters of the search; null as long as nothing was chosen: the whole history is for an export. */
export function searchParameters(query: Readonly<Record<string, string>>, time_zone: string): Readonly<Record<string, string | null>> | null {
  if (!SEARCH_FILTERS.some((filter) => query[filter])) return null;
  const { class_id = null, student_id = null, actor = null, device = null, type = null, from, to } = query;
  return {
    class_id: student_id === null ? class_id : null,
    student_id, actor, device, type,
    recorded_from: startOf(from, time_zone),
    recorded_to: startOf(to && isDay(to) ? dayAfter(to, 1) : undefined, time_zone),
  };
}

function startOf(date: DateText | undefined, time_zone: string): InstantText | null {
  return date === undefined || !isDay(date) ? null : momentOf(date, "00:00", time_zone);
}

/** What an event is about, as far as its own content says. */
export interface EventAbout {
  /** The register whose history tells more; null: it is about none. */
  readonly register_id: string | null;
  readonly class_id: string | null;
  readonly student_id: string | null;
  readonly date: DateText | null;
  /** What somebody was said to be. */
  readonly status: string | null;
}

/** Reads it from the stream and the content, which has one member, named after the event's type. */
export function aboutOf({ stream, type, payload }: EventItem): EventAbout {
  const content: unknown = isRecord(payload) ? payload[type] : null;
  const fields = isRecord(content) ? content : {};
  const session = isRecord(fields["session"]) ? fields["session"] : {};
  return {
    register_id: stream.type === "attendance_session" ? stream.id : null,
    class_id: textOf(session["class_id"]) ?? textOf(fields["class_id"]) ?? (stream.type === "class_roll" ? stream.id : null),
    student_id: textOf(fields["student_id"]),
    date: textOf(session["date"]),
    status: textOf(fields["status"]),
  };
}

/** The groups of endpoints that the access log has words for. */
export type LookedAt = "register" | "registers" | "records" | "exceptions" | "reports" | "refusals" | "roster" | "history" | "access" | "other";

/** What somebody looked at. */
export interface Look {
  readonly what: LookedAt;
  readonly register_id: string | null;
  readonly class_id: string | null;
  readonly student_id: string | null;
}

const LOOKED_AT: readonly (readonly [RegExp, LookedAt])[] = [
  [/^\/sessions\/\{id\}$/, "register"],
  [/^\/sessions$/, "registers"],
  [/^\/(records|exports\/)/, "records"],
  [/^\/exceptions/, "exceptions"],
  [/^\/reports\//, "reports"],
  [/^\/refusals/, "refusals"],
  [/^\/roster/, "roster"],
  [/^\/audit\/access-log/, "access"],
  [/^\/audit\//, "history"],
];

/** What a line of the access log is about. */
export function lookOf({ endpoint, parameters }: AccessItem): Look {
  const asked = new URLSearchParams(parameters);
  return {
    what: LOOKED_AT.find(([pattern]) => pattern.test(endpoint))?.[1] ?? "other",
    register_id: endpoint.includes("/sessions/{id}") ? asked.get("id") : null,
    class_id: asked.get("class_id"),
    student_id: asked.get("student_id"),
  };
}

export function isVerification(body: unknown): body is Schemas["Verification"] {
  return isRecord(body) && typeof body["fits"] === "boolean" && typeof body["events"] === "number" && Array.isArray(body["logs"]) && body["logs"].every((log) => isRecord(log) && typeof log["origin"] === "string");
}

export function isCheckpoint(body: unknown): body is Schemas["CheckpointItem"] {
  return isRecord(body) && typeof body["size"] === "number" && ["origin", "issued_at", "note"].every((name) => typeof body[name] === "string");
}

export function isPublicKey(body: unknown): body is Schemas["PublicKeyAnswer"] {
  return isRecord(body) && typeof body["public_key"] === "string";
}

export function isEventPage(body: unknown): body is Schemas["Page_EventItem"] {
  return isPage(body, ["type", "recorded_at", "occurred_at", "command_id"]) && body.items.every(({ stream, actor }) => isRecord(stream) && isRecord(actor));
}

export function isAccessPage(body: unknown): body is Schemas["Page_AccessItem"] {
  return isPage(body, ["at", "endpoint", "parameters", "role"]) && body.items.every(({ by }) => isRecord(by));
}
