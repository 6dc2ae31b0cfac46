/** Waiting for something to become true, never for time to pass. */

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 20_000;

/** Checks until the check no longer throws, and gives what it then answers. Out of patience, the last failure is thrown. */
export async function eventually<T>(check: () => T | Promise<T>, patience_ms = PATIENCE_MS, look_again_ms = LOOK_AGAIN_MS): Promise<T> {
  const until = performance.now() + patience_ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, look_again_ms));
  }
}
