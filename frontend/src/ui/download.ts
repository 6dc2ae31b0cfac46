/** Saves the unsent work as a file: the last resort when a device will not send. */
import type { View } from "./view.ts";

/** Writes the file and lets the browser save it. */
export async function exportFile(view: View): Promise<void> {
  const text = await view.actions.exportUnsent();
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `muster-unsent-${view.state.today ?? "export"}.json`;
  link.click();
  // The browser reads the file after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
