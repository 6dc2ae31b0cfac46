/** A problem in the reader's language, or in the server's words when this app does not know the kind. */
import type { Translate } from "../../i18n/translate.ts";
import type { Problem } from "../../model.ts";

/** What is wrong and what to do. */
export function problemWords(t: Translate, problem: Problem): string {
  return t.word(`problem.${problem.slug}`) ?? [problem.title, problem.detail].filter(Boolean).join(". ");
}
