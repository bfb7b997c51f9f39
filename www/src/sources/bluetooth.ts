/**
 * Readings from a Bluetooth sensor with the Environmental Sensing service.
 *
 * What the sensor notifies is taken as it comes, the rest is asked for; both are
 * held and sampled at the model's rate.
 */

import type { ChannelInfo } from "@senselm/web";
import { Backoff } from "./backoff.js";
import { assign, decode, ENVIRONMENTAL_SENSING, QUANTITIES } from "./environmental-sensing.js";
import type { Assignment } from "./environmental-sensing.js";
import { type Convert, loadConvert } from "./reader.js";
import { SampledFeed } from "./sampled-feed.js";
import { sampleRateOf } from "./sampler.js";
import { message, type Source, type SourceMessage, type SourceSink } from "./source.js";
import { Problems } from "./unusable.js";

/** Which sensors the browser offers. */
export interface BluetoothSettings {
  /** Also sensors whose name begins so: many do not announce the service. */
  namePrefix: string;
  /** How long a value holds. */
  maxAgeS: number;
}

export const BLUETOOTH_DEFAULTS: BluetoothSettings = { namePrefix: "", maxAgeS: 10 };

/** A sensor is not asked more often, however many readings the model wants. */
const SHORTEST_POLL_MS = 500;
const LONGEST_POLL_MS = 5000;
/** Some systems wait forever for a sensor that is gone. */
const CONNECT_TIMEOUT_MS = 20_000;

type Characteristic = BluetoothRemoteGATTCharacteristic;

export class BluetoothSource implements Source {
  readonly kind = "bluetooth";
  readonly #settings: BluetoothSettings;
  readonly #backoff = new Backoff();
  #opened: Opened | null = null;
  #device: BluetoothDevice | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts connections: what belongs to an earlier one is over. */
  #turn = 0;
  #isWaiting = false;
  #isMissingSaid = false;

  constructor(settings: BluetoothSettings) {
    this.#settings = settings;
  }

  open(channels: readonly ChannelInfo[], sink: SourceSink): void {
    const { bluetooth } = navigator as Partial<Pick<Navigator, "bluetooth">>;
    if (!bluetooth) {
      sink.state({ kind: "failed", reason: message("sources.bluetooth_missing") });
      return;
    }
    const opened: Opened = {
      sink,
      channels,
      problems: new Problems(sink),
      feed: new SampledFeed(channels, this.#settings.maxAgeS, sink),
      // Nothing is read before it is there.
      convert: () => null,
    };
    this.#opened = opened;
    sink.state({ kind: "connecting" });
    const services = [ENVIRONMENTAL_SENSING];
    const { namePrefix } = this.#settings;
    const filters = [{ services }, ...(namePrefix === "" ? [] : [{ namePrefix }])];
    // The browser lists sensors only while a click is being handled.
    const chosen = bluetooth.requestDevice({ filters, optionalServices: services });
    void this.#begin(
      chosen,
      loadConvert().catch(() => null),
      opened,
    );
  }

  close(): Promise<void> {
    const { sink } = this.#opened ?? {};
    this.#stop();
    sink?.state({ kind: "closed" });
    return Promise.resolve();
  }

  async #begin(
    chosen: Promise<BluetoothDevice>,
    converts: Promise<Convert | null>,
    opened: Opened,
  ): Promise<void> {
    let device: BluetoothDevice;
    try {
      device = await chosen;
    } catch (error) {
      const isDenied = error instanceof DOMException && error.name === "SecurityError";
      this.#fail(message(isDenied ? "sources.bluetooth_denied" : "sources.bluetooth_not_chosen"));
      return;
    }
    const convert = await converts;
    if (convert === null) {
      this.#fail(message("sources.device_code"));
    } else if (this.#opened) {
      opened.convert = convert;
      this.#device = device;
      device.addEventListener("gattserverdisconnected", this.#disconnected);
      await this.#connect(device, opened);
    }
  }

  async #connect(device: BluetoothDevice, opened: Opened): Promise<void> {
    this.#turn += 1;
    this.#isWaiting = false;
    const turn = this.#turn;
    opened.sink.state({ kind: "connecting" });
    // Disconnecting also ends an attempt to connect.
    const timer = setTimeout(() => device.gatt?.disconnect(), CONNECT_TIMEOUT_MS);
    try {
      const assignments = await this.#discover(device, opened);
      if (assignments === null || turn !== this.#turn) {
        return;
      }
      await this.#subscribe(assignments, turn, opened);
      if (turn === this.#turn) {
        this.#backoff.connected();
        opened.sink.state({ kind: "open" });
        void this.#poll(assignments, turn, opened);
      }
    } catch {
      this.#lost(turn, message("sources.bluetooth_unreachable", { name: nameOf(device) }));
    } finally {
      clearTimeout(timer);
    }
  }

  /** The characteristics for the channels; null where this sensor is the wrong one. */
  async #discover(device: BluetoothDevice, opened: Opened): Promise<Assigned[] | null> {
    const { channels, problems } = opened;
    const name = nameOf(device);
    const server = await device.gatt?.connect();
    if (!server) {
      throw new Error("no GATT server");
    }
    let characteristics: Characteristic[];
    try {
      const service = await server.getPrimaryService(ENVIRONMENTAL_SENSING);
      characteristics = await service.getCharacteristics();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") {
        this.#fail(message("sources.bluetooth_service", { name }));
        return null;
      }
      throw error;
    }
    const offered = characteristics.flatMap((characteristic) => {
      const uuid = shortOf(characteristic.uuid);
      return uuid === null ? [] : [{ uuid, characteristic }];
    });
    const assignments = assign(channels, offered, opened.convert);
    const found = new Set(assignments.map(({ channel }) => channel));
    const wanted = (all: boolean) =>
      channels.flatMap(({ name }, index) => (all || !found.has(index) ? [name] : [])).join(", ");
    if (assignments.length === 0) {
      const measured = QUANTITIES.filter(({ uuid }) => offered.some((one) => one.uuid === uuid));
      const known = measured.map(({ name }) => name).join(", ") || "–";
      const values = { name, found: known, wanted: wanted(true) };
      this.#fail(message("sources.bluetooth_quantities", values));
      return null;
    }
    if (found.size < channels.length && !this.#isMissingSaid) {
      this.#isMissingSaid = true;
      problems.add(message("sources.problem_missing", { wanted: wanted(false) }));
    }
    return assignments;
  }

  async #subscribe(assignments: Assigned[], turn: number, opened: Opened): Promise<void> {
    for (const characteristic of unique(assignments)) {
      const { notify, indicate } = characteristic.properties;
      if (notify || indicate) {
        const take = () => {
          if (turn === this.#turn && characteristic.value) {
            this.#take(characteristic, characteristic.value, assignments, opened);
          }
        };
        characteristic.addEventListener("characteristicvaluechanged", take);
        await characteristic.startNotifications();
      }
    }
  }

  /** Asks for what is not notified, again and again, and once for what is. */
  async #poll(assignments: Assigned[], turn: number, opened: Opened): Promise<void> {
    const wantedMs = 1000 / sampleRateOf(opened.channels);
    const everyMs = Math.min(Math.max(wantedMs, SHORTEST_POLL_MS), LONGEST_POLL_MS);
    let due = unique(assignments).filter(({ properties }) => properties.read);
    while (due.length > 0 && turn === this.#turn) {
      for (const characteristic of due) {
        await this.#ask(characteristic, assignments, turn, opened);
      }
      due = due.filter(({ properties }) => !properties.notify && !properties.indicate);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #ask(
    characteristic: Characteristic,
    assignments: Assigned[],
    turn: number,
    opened: Opened,
  ): Promise<void> {
    try {
      const view = await characteristic.readValue();
      const { notify, indicate } = characteristic.properties;
      // Where values are notified, the event has brought this one already.
      if (turn === this.#turn && !notify && !indicate) {
        this.#take(characteristic, view, assignments, opened);
      }
    } catch (error) {
      if (turn === this.#turn) {
        const name = quantitiesOf(characteristic, assignments);
        const reason = error instanceof DOMException ? error.name : String(error);
        opened.problems.add(message("sources.problem_read", { name, reason }));
      }
    }
  }

  #take(
    characteristic: Characteristic,
    view: DataView,
    assignments: Assigned[],
    { channels, problems, feed, convert }: Opened,
  ): void {
    for (const { channel, quantity, characteristic: own } of assignments) {
      if (own !== characteristic) {
        continue;
      }
      const { name, bytes, unit } = quantity;
      if (view.byteLength !== bytes) {
        const values = { name, found: view.byteLength, expected: bytes };
        problems.add(message("sources.problem_length", values), hexOf(view));
        return;
      }
      const value = decode(quantity, view);
      const converted = value === null ? null : convert(value, unit, channels[channel]?.unit ?? "");
      feed.put(channel, converted);
    }
  }

  readonly #disconnected = (): void => {
    // What is ended here is announced as well.
    if (this.#device && !this.#isWaiting) {
      this.#lost(this.#turn, message("sources.bluetooth_lost", { name: nameOf(this.#device) }));
    }
  };

  #lost(turn: number, reason: SourceMessage): void {
    const [device, opened] = [this.#device, this.#opened];
    if (turn !== this.#turn || !device || !opened) {
      return;
    }
    this.#turn += 1;
    this.#isWaiting = true;
    device.gatt?.disconnect();
    const retryInMs = this.#backoff.delay();
    this.#timer = setTimeout(() => {
      void this.#connect(device, opened);
    }, retryInMs);
    opened.sink.state({ kind: "waiting", retryInMs, reason });
  }

  #fail(reason: SourceMessage): void {
    const { sink } = this.#opened ?? {};
    this.#stop();
    sink?.state({ kind: "failed", reason });
  }

  #stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#opened?.feed.stop();
    this.#opened?.problems.close();
    this.#opened = null;
    this.#device?.removeEventListener("gattserverdisconnected", this.#disconnected);
    this.#device?.gatt?.disconnect();
    this.#device = null;
  }
}

type Assigned = Assignment<Characteristic>;

/** What an open source delivers to, and by what. */
interface Opened {
  sink: SourceSink;
  channels: readonly ChannelInfo[];
  problems: Problems;
  feed: SampledFeed;
  convert: Convert;
}

/** Each characteristic once, whose quantities may fill several channels. */
function unique(assignments: Assigned[]): Characteristic[] {
  return [...new Set(assignments.map(({ characteristic }) => characteristic))];
}

function quantitiesOf(characteristic: Characteristic, assignments: Assigned[]): string {
  const own = assignments.filter((assigned) => assigned.characteristic === characteristic);
  return own.map(({ quantity }) => quantity.name).join(", ");
}

/** The 16 bits of an identifier that Bluetooth has assigned, or null. */
function shortOf(uuid: string): number | null {
  const found = /^0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb$/.exec(uuid.toLowerCase());
  return found?.[1] === undefined ? null : parseInt(found[1], 16);
}

function nameOf(device: BluetoothDevice): string {
  return device.name ?? device.id;
}

function hexOf(view: DataView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, 20));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
