/** One schedule, lived through with the real app on a real server. */

import assert from "node:assert/strict";
import type { RegisterKey, Status } from "../../src/model.ts";
import { Device, type Tab } from "./device.ts";
import type { ChaosSchool, Lane } from "./school.ts";
import { chances, type Schedule, type Step } from "./schedule.ts";
import { pass } from "./time.ts";

/** Real milliseconds: a tap that is not saved by then never will be. */
const SAVED_WITHIN_MS = 20_000;
/** Real milliseconds: longer than the longest wait between two tries. */
const RECEIVED_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 10;

/** A mark that a teacher made. The remark makes it one that no other mark is taken for. */
export interface Tap {
  readonly remark: string;
  readonly student_id: string;
  readonly status: Status;
  readonly device: Device;
  readonly tab: Tab;
  /** Whether the app has said that it is saved. */
  saved: boolean;
}

export class Morning {
  readonly taps: Tap[] = [];
  readonly devices: readonly Device[];
  private readonly under_way = new Map<Promise<void>, Tab>();
  private turn = 0;

  constructor(school: ChaosSchool, readonly lane: Lane, readonly key: RegisterKey, private readonly schedule: Schedule) {
    const uses_second = schedule.steps.some((step) => "device" in step && step.device === 1);
    const chance = chances(schedule.chance);
    this.devices = lane.devices.slice(0, uses_second ? 2 : 1).map(({ network, jar }) => new Device(network, school.clock, jar, chance));
  }

  /** Lives through the schedule, until the server has answered for everything. */
  async live(): Promise<void> {
    for (const device of this.devices) {
      await device.network.heal();
      device.setOnline(true);
      await device.signedIn(this.lane.record);
      await this.openTab(device);
    }
    for (const step of this.schedule.steps) await this.do(step);
    for (const device of this.devices) await this.drain(device);
  }

  /** All tabs are gone. */
  end(): void {
    for (const device of this.devices) for (const tab of device.tabs) device.kill(tab, false);
  }

  private async do(step: Step): Promise<void> {
    if (step.kind === "time") return pass(step.ms);
    const device = this.devices[step.device];
    assert.ok(device);
    switch (step.kind) {
      case "network": return device.network.bring(step.faults);
      case "offline": return device.setOnline(false);
      case "online": return device.setOnline(true);
      case "clock": return void (device.wrong_by_ms = step.wrong_by_ms);
      case "second_tab": return device.tabs.length < 2 ? void (await this.openTab(device)) : undefined;
      case "kill": return this.kill(device, step.tab, step.undo);
      default: return this.act(step, this.nextTab(device), device);
    }
  }

  private async act(step: Extract<Step, { waits: boolean }>, tab: Tab, device: Device): Promise<void> {
    const { actions } = tab.store;
    const work = (): Promise<void> => {
      switch (step.kind) {
        case "mark": return this.mark(tab, device, step);
        case "clear": return actions.clearMark(this.lane.students[step.student] ?? "");
        case "rest": return actions.markRestPresent();
        case "undo": return actions.undo();
        case "close": return actions.closeRegister();
        case "reopen": return actions.reopenRegister("closed too early", step.count_since);
      }
    };
    const saving = tab.run(work);
    const heard = saving.catch((error: unknown) => {
      if (tab.is_alive) throw error;
    });
    this.under_way.set(heard, tab);
    heard.finally(() => this.under_way.delete(heard)).catch(() => undefined);
    if (step.waits) await inTime(heard);
  }

  private async mark(tab: Tab, device: Device, step: Extract<Step, { kind: "mark" }>): Promise<void> {
    const { status } = step;
    const student_id = this.lane.students[step.student] ?? "";
    const tap: Tap = { remark: `tap ${this.taps.length + 1}`, student_id, status, device, tab, saved: false };
    this.taps.push(tap);
    await tab.store.actions.mark(student_id, status, { remarks: tap.remark, minutes_late: status === "late" ? this.taps.length : null });
    tap.saved = tab.is_alive;
  }

  private nextTab(device: Device): Tab {
    const tab = device.tabs[this.turn++ % device.tabs.length];
    assert.ok(tab, "a tab is open");
    return tab;
  }

  private async kill(device: Device, index: number, undo: boolean): Promise<void> {
    const tab = device.tabs[index % device.tabs.length];
    assert.ok(tab);
    device.kill(tab, undo);
    if (device.tabs.length === 0) await this.openTab(device);
  }

  private async openTab(device: Device): Promise<void> {
    const tab = await device.openTab();
    tab.run(() => tab.store.actions.go({ name: "register", key: this.key }));
    // A new device cannot show a register before somebody is signed in and the school's lists have come.
    const latest = performance.now() + RECEIVED_WITHIN_MS;
    while (tab.store.state().register === null) {
      assert.ok(performance.now() < latest, "the register opens");
      await this.signInIfAsked(tab);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** Signs in where the app asks for it, as the teacher would: a refresh that a killed tab sent late ends the sign-in of the device. */
  async signInIfAsked(tab: Tab): Promise<void> {
    if (tab.store.state().sync.status.kind !== "sign_in_needed") return;
    await tab.run(() => tab.store.actions.signIn({ ...this.lane.login, shared_device: false }));
  }

  /** Until everything on a device was answered for. */
  private async drain(device: Device): Promise<void> {
    await device.network.heal();
    device.setOnline(true);
    if (this.schedule.ends_by_itself) {
      for (const [heard, tab] of [...this.under_way]) if (tab.is_alive) await inTime(heard);
    } else {
      for (const tab of device.tabs) device.kill(tab, true);
      await this.openTab(device);
    }
    const latest = performance.now() + RECEIVED_WITHIN_MS;
    for (;;) {
      const queued = (await device.outbox(this.lane.record.person.id)).filter((row) => row.state === "queued");
      if (queued.length === 0) return;
      assert.ok(performance.now() < latest, `still not sent: ${JSON.stringify(queued.map((row) => row.command))}`);
      for (const tab of device.tabs) await this.signInIfAsked(tab);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** Waits for a tap to be saved, or for its tab to be gone. */
async function inTime(saving: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("a tap was not saved in time")), SAVED_WITHIN_MS);
  });
  try {
    await Promise.race([saving, late]);
  } finally {
    clearTimeout(timer);
  }
}
