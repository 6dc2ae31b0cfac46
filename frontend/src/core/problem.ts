/** Problems as the server words them, made fit to show. */

import type { components } from "../api/command-api.d.ts";
import type { Problem } from "../model.ts";

/** A server's problem document as a problem to show. Without one the slug is `unknown`. */
export function problemOf(document: Partial<components["schemas"]["Problem"]> | null): Problem {
  const slug = document?.type?.split("/").pop() ?? "";
  return {
    slug: slug === "" ? "unknown" : slug,
    title: document?.title ?? "",
    detail: document?.detail ?? fieldProblems(document?.errors ?? []),
  };
}

function fieldProblems(errors: readonly components["schemas"]["FieldProblem"][]): string | null {
  const text = errors.map((error) => `${error.pointer}: ${error.detail}`).join("; ");
  return text === "" ? null : text;
}
