/** Time in these tests: the server's clock and the devices' run faster than this machine's, all at the same rate. */

/** How many seconds pass for the app and the server in one of this machine's. */
export const RATE = 10;

const realTimeout = AbortSignal.timeout.bind(AbortSignal);
// The app's own time-outs belong to the time that the app lives in.
AbortSignal.timeout = (ms) => realTimeout(ms / RATE);

/** A clock that agreed with the server's when it was made. */
export class FastClock {
  private readonly began = performance.now();

  constructor(private readonly server_began_ms: number) {}

  /** The server's time. */
  now_ms(): number {
    return this.server_began_ms + this.passed_ms();
  }

  /** A steady clock, from 0. */
  passed_ms(): number {
    return (performance.now() - this.began) * RATE;
  }
}

/** Lets time pass for the app. */
export function pass(app_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, app_ms / RATE));
}
