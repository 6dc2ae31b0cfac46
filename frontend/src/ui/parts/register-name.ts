/** What a register is called beside its class: subject, slot, day. */
import type { Translate } from "../../i18n/translate.ts";

/** "Maths · Morning"; "Whole day" when it has neither. */
export function lessonName(t: Translate, lesson: { subject_title: string | null; slot_title: string | null }): string {
  return [lesson.subject_title, lesson.slot_title].filter(Boolean).join(" · ") || t("register.whole_day");
}
