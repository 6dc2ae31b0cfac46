/** The commands that only the office makes: the legal word on an entry, late children, how conflicts end, excuses, who is in which class, who covers it. */

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

/** What an entry said. */
export interface EntryBefore {
  readonly status: EntryStatus;
  readonly minutes_late: number | null;
  readonly remarks: string | null;
}

/** A child who came to the office's desk after the register was closed. Where it is open it changes nothing: the teacher is still marking. */
export interface RecordArrival {
  readonly type: "RecordArrival";
  readonly session: RegisterKey;
  readonly student_id: string;
  /** 0 to 240, for this register. */
  readonly minutes_late: number;
  readonly reason: string;
  /** What the entry was, to put it back. It stays on this device, for its screens. */
  readonly before: EntryBefore;
}

/** The office's word on a mark that lost: it was right, and why. `mark_id` is the command that made the mark. */
export interface ContestMark {
  readonly type: "ContestMark";
  readonly session: RegisterKey;
  readonly student_id: string;
  readonly mark_id: string;
  readonly reason: string;
}

/** Lets a mark that lost go. */
export interface AcceptConflict {
  readonly type: "AcceptConflict";
  readonly session: RegisterKey;
  readonly student_id: string;
  readonly mark_id: string;
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

/** Lets somebody take a class for a while: from a day on, and before `until`. */
export interface AssignCover {
  readonly type: "AssignCover";
  readonly class_id: string;
  readonly teacher_id: string;
  readonly from: DateText;
  /** The first day on which they no longer do. */
  readonly until: DateText;
  /** The parts of each day; null: every register of it. */
  readonly slots: readonly string[] | null;
}

/** Takes every day from `until` on from whoever covers the class. */
export interface EndCover {
  readonly type: "EndCover";
  readonly class_id: string;
  readonly teacher_id: string;
  readonly until: DateText;
}

/** Hands the registers of a period in as they are. Nothing is locked by it; what changes later is listed beside it. */
export interface SignOffPeriod {
  readonly type: "SignOffPeriod";
  readonly sign_off_id: string;
  readonly from: DateText;
  /** The last day. */
  readonly to: DateText;
  /** Null: the whole school. */
  readonly class_id: string | null;
  readonly note: string | null;
}

/** Says that a student is another one's double: the same child, recorded twice. Reports count the double under the other. */
export interface MergeStudents {
  readonly type: "MergeStudents";
  readonly student_id: string;
  readonly into: string;
}

/** Says that a student is nobody's double. */
export interface UndoMerge {
  readonly type: "UndoMerge";
  readonly student_id: string;
}

export type AliasCommand = MergeStudents | UndoMerge;
export type RollCommand = EnrolOrCancel | WithdrawStudent | AssignCover | EndCover;
