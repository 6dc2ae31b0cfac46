/** What the sync status says, in words. Pure. */
import type { Formats } from "../../i18n/formats.ts";
import type { Translate } from "../../i18n/translate.ts";
import type { DateText, SyncView } from "../../model.ts";
import { problemWords } from "./problem.ts";

/** How many commands the server does not have and nobody has to decide about: queued, or sealed so that they cannot be sent. */
export function notSent(sync: SyncView): number {
  return sync.unsent + sync.closed;
}

/** "3 not sent", "2 need attention", "All received". Attention comes first: it goes nowhere by itself. */
export function syncTally(t: Translate, sync: SyncView): string {
  if (sync.attention.length > 0) return t("sync.tally.attention", { count: sync.attention.length });
  if (notSent(sync) > 0) return t("sync.tally.unsent", { count: notSent(sync) });
  return t(sync.last_heard_at === null ? "sync.tally.nothing" : "sync.tally.received");
}

/** Why nothing is being sent just now, or that it is, or when the server was last heard. */
export function syncReason(t: Translate, format: Formats, sync: SyncView, today: DateText | null): string {
  const { status } = sync;
  switch (status.kind) {
    case "sending":
      return t("sync.reason.sending");
    case "unreachable":
      return t("sync.reason.unreachable", { since: format.moment(status.since, today) });
    case "waiting":
      return problemWords(t, status.problem);
    case "sign_in_needed":
      return t("sync.reason.sign_in_needed");
    case "idle":
      return sync.last_heard_at === null
        ? t("sync.reason.never")
        : t("sync.reason.heard", { at: format.moment(sync.last_heard_at, today) });
  }
}

/** When it is tried again by itself; null when that is not planned. */
export function syncRetry(t: Translate, format: Formats, sync: SyncView, today: DateText | null): string | null {
  const { status } = sync;
  if (status.kind !== "unreachable" && status.kind !== "waiting") return null;
  return status.retry_at === null ? null : t("sync.retry", { at: format.moment(status.retry_at, today) });
}
