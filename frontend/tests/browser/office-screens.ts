/** The office's screens in every state worth looking at. */
import type { Look } from "./screens.ts";

const REGISTER = "#/office/registers/session-1";

export const OFFICE_LOOKS: readonly Look[] = [
  { name: "office-exceptions", hash: "#/office/exceptions", mood: "office" },
  { name: "office-exceptions-all", hash: "#/office/exceptions?state=all", mood: "office", names: "long" },
  { name: "office-exceptions-auditor", hash: "#/office/exceptions?state=all", mood: "auditor" },
  { name: "office-exceptions-none", hash: "#/office/exceptions", mood: "office_empty" },
  { name: "office-exceptions-offline", hash: "#/office/exceptions", mood: "office_fails" },
  { name: "office-exceptions-approved", hash: "#/office/exceptions", mood: "office", press: ["[data-exception] .button-main"] },
  { name: "office-exceptions-reject", hash: "#/office/exceptions", mood: "office", press: ["[data-exception] .button-danger"] },
  { name: "office-exceptions-amend", hash: "#/office/exceptions", mood: "office", press: ["[data-exception] .button:last-child"] },
  { name: "office-exceptions-new", hash: "#/office/exceptions/new?student=st0", mood: "office" },
  { name: "office-exceptions-teacher", hash: "#/office/exceptions" },
  { name: "office-registers", hash: "#/office/registers?class=c1", mood: "office" },
  { name: "office-registers-none", hash: "#/office/registers", mood: "office_empty" },
  { name: "office-register", hash: REGISTER, mood: "office" },
  { name: "office-register-auditor", hash: REGISTER, mood: "auditor", names: "long" },
  { name: "office-register-correct", hash: REGISTER, mood: "office", press: ["[data-student=st2] .button"] },
  { name: "office-register-reopen", hash: REGISTER, mood: "office", press: ["main .banner .button"] },
  { name: "office-conflicts", hash: "#/office/conflicts", mood: "office" },
  { name: "office-conflicts-none", hash: "#/office/conflicts", mood: "office_empty" },
  { name: "office-people", hash: "#/office/people", mood: "office" },
  { name: "office-people-found", hash: "#/office/people?q=a", mood: "office" },
  { name: "office-people-class", hash: "#/office/people/c1", mood: "office" },
  { name: "office-people-student", hash: "#/office/people?student=st0", mood: "office", names: "long" },
  { name: "office-people-enrol", hash: "#/office/people/c1", mood: "office", press: ["main button.button"] },
  { name: "office-people-none", hash: "#/office/people", mood: "office_empty" },
  { name: "office-reports", hash: "#/office/reports", mood: "office" },
  { name: "office-report-choose", hash: "#/office/reports/class-summary", mood: "office" },
  { name: "office-report", hash: "#/office/reports/class-summary?class_id=c1", mood: "office" },
  { name: "office-more", hash: "#/office/more", mood: "office" },
];
