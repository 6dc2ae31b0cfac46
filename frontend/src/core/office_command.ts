/** The commands that only the office makes: the legal word on an entry, excuses, and who is in which class. */

import type { DateText, EntryStatus, RegisterKey } from "../model.ts";

/** The office's word on an entry, whether the register is open or closed. */
export interface CorrectAttendance {
  readonly type: "CorrectAttendance";
  readonly session: RegisterKey;
  readonly student_id: string;
  readonly status: EntryStatus;
  /** 0 to 240, only with `late`. */
  readonly minutes_late: number | null;
  readonly remarks: string | null;
  readonly reason: string;
}

/** What an excuse says. */
export interface ExcuseText {
  readonly category: string;
  readonly start_date: DateText;
  /** The last day. */
  readonly end_date: DateText;
  /** The parts of each day; null: all of it. */
  readonly slots: readonly string[] | null;
  readonly reason: string;
}

/** An excuse of a student, or the whole of what it says from now on. The office's counts at once. */
export interface StateException extends ExcuseText {
  readonly type: "RecordException" | "AmendException";
  readonly exception_id: string;
  readonly student_id: string;
}

/** Lets an excuse count. Whose it is stays on this device, for its screens. */
export interface ApproveException {
  readonly type: "ApproveException";
  readonly exception_id: string;
  readonly student_id: string;
}

/** Decides against an excuse, before it counts or after. */
export interface RefuseException {
  readonly type: "RejectException" | "RevokeException";
  readonly exception_id: string;
  readonly student_id: string;
  readonly reason: string;
}

export type ExceptionCommand = StateException | ApproveException | RefuseException;

/** Puts a student into a class from a day on, or takes such an enrolment back as a mistake. */
export interface EnrolOrCancel {
  readonly type: "EnrolStudent" | "CancelEnrolment";
  readonly class_id: string;
  readonly student_id: string;
  readonly from: DateText;
}

/** Takes a student out of a class: `until` is the first day not in it any more. */
export interface WithdrawStudent {
  readonly type: "WithdrawStudent";
  readonly class_id: string;
  readonly student_id: string;
  readonly until: DateText;
}

export type RollCommand = EnrolOrCancel | WithdrawStudent;
