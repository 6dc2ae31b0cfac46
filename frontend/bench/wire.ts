/** A hundred marks on a slow network, and what they weigh. */

import assert from "node:assert/strict";
import type { Phone } from "../tests/system/phone.ts";
import { SAMPLES, type Desk } from "./desk.ts";

const BYTES_PER_S = 400_000 / 8;
const EDGE_OF_COVERAGE = { offline: false, latency: 400, downloadThroughput: BYTES_PER_S, uploadThroughput: BYTES_PER_S };

export interface Wire {
  /** The bodies as sent, in kilobytes. */
  readonly kilobytes: readonly number[];
  /** From the start of the request to the end of its answer, in milliseconds. */
  readonly took: readonly number[];
}

/** Marks everybody of a class of a hundred present, in one register after the other. */
export async function hundredMarks(phone: Phone, desk: Desk): Promise<Wire> {
  const session = await phone.context.newCDPSession(phone.page);
  await session.send("Network.enable");
  const kilobytes: number[] = [];
  const took: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await phone.openRegister({ ...desk.register, slot: `bench-${sample}` });
    const rest = phone.page.getByRole("button", { name: `Rest present (${desk.students.length})` });
    await rest.waitFor();
    await phone.tallySays("All received");
    await session.send("Network.emulateNetworkConditions", EDGE_OF_COVERAGE);
    const answered = phone.page.waitForResponse((response) => response.url().endsWith("/commands"));
    await rest.click();
    const response = await answered;
    const { results } = (await response.json()) as { results: unknown[] };
    assert.equal(results.length, desk.students.length, "all in one request");
    kilobytes.push((response.request().postDataBuffer()?.length ?? 0) / 1024);
    await response.finished();
    took.push(response.request().timing().responseEnd);
    await session.send("Network.emulateNetworkConditions", { ...EDGE_OF_COVERAGE, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }
  return { kilobytes, took };
}

/** What the browser says that the databases of the app take, in kilobytes. */
export async function databaseKilobytes(phone: Phone): Promise<number> {
  const bytes = await phone.page.evaluate(async () => {
    const estimate = (await navigator.storage.estimate()) as StorageEstimate & { usageDetails?: { indexedDB?: number } };
    return estimate.usageDetails?.indexedDB ?? 0;
  });
  return bytes / 1024;
}
