/**
 * Readings from the motion sensors of this phone or tablet.
 *
 * Channels are found by name: `acc_x` is what an accelerometer says, gravity
 * included, `linear_acc_x` the same without gravity, `gyro_x` the rotation.
 */

import type { ChannelInfo } from "@senselm/web";
import { type Convert, loadConvert } from "./reader.js";
import { SampledFeed } from "./sampled-feed.js";
import { message, type Source, type SourceMessage, type SourceSink } from "./source.js";

/** How long a value holds: sensors say something 60 times a second. */
const MAX_AGE_S = 0.5;
/** After this long without a value there is no sensor. */
const SILENCE_MS = 3000;

type Axis = "x" | "y" | "z";

/** What a channel is of an event. */
export interface MotionAxis {
  sensor: "acceleration" | "accelerationIncludingGravity" | "rotationRate";
  axis: Axis;
}

/** Names of sensors, in front of the axis or behind it. */
const SENSORS: readonly (readonly [MotionAxis["sensor"], ReadonlySet<string>])[] = [
  ["accelerationIncludingGravity", new Set(["acc", "accel", "accelerometer", "acceleration", "a"])],
  [
    "acceleration",
    new Set(["linear", "lin_acc", "linear_acc", "linear_accel", "linear_acceleration", "user_acc"]),
  ],
  ["rotationRate", new Set(["gyro", "gyr", "gyroscope", "rotation", "rotation_rate", "rot", "g"])],
];

/** Rotation about an axis, as the specification names it. */
const ROTATION = { x: "alpha", y: "beta", z: "gamma" } as const;

/** What a channel is called after, or null. */
export function motionAxisOf(name: string): MotionAxis | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  const found =
    /^(?<sensor>.+?)_?(?<axis>[xyz])$/.exec(plain) ?? /^(?<axis>[xyz])_(?<sensor>.+)$/.exec(plain);
  const { sensor: word = "", axis } = found?.groups ?? {};
  const sensor = SENSORS.find(([, words]) => words.has(word))?.[0];
  return sensor && axis ? { sensor, axis: axis as Axis } : null;
}

/** An axis in the unit of a channel, or null where it has no value. */
export function motionValue(
  event: DeviceMotionEvent,
  { sensor, axis }: MotionAxis,
  unit: string,
  convert: Convert,
): number | null {
  const isRotation = sensor === "rotationRate";
  const value = isRotation ? event.rotationRate?.[ROTATION[axis]] : event[sensor]?.[axis];
  return typeof value === "number" && Number.isFinite(value)
    ? convert(value, isRotation ? "°/s" : "m/s²", unit)
    : null;
}

/** Only Safari on iOS asks for a permission. */
interface AsksPermission {
  requestPermission?: () => Promise<"granted" | "denied">;
}

export class MotionSource implements Source {
  readonly kind = "motion";
  #sink: SourceSink | null = null;
  #feed: SampledFeed | null = null;
  #channels: { channel: number; unit: string; axis: MotionAxis }[] = [];
  #convert: Convert | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;

  open(channels: readonly ChannelInfo[], sink: SourceSink): void {
    this.#sink = sink;
    if (typeof DeviceMotionEvent === "undefined") {
      this.#fail(message("sources.motion_missing"));
      return;
    }
    this.#channels = channels.flatMap(({ name, unit }, channel) => {
      const axis = motionAxisOf(name);
      return axis ? [{ channel, unit, axis }] : [];
    });
    if (this.#channels.length === 0) {
      const wanted = channels.map(({ name }) => name).join(", ");
      this.#fail(message("sources.motion_channels", { wanted }));
      return;
    }
    this.#feed = new SampledFeed(channels, MAX_AGE_S, sink);
    sink.state({ kind: "connecting" });
    // The browser asks only while a click is being handled.
    const asked = (DeviceMotionEvent as AsksPermission).requestPermission?.();
    void this.#begin(asked ?? Promise.resolve("granted"));
  }

  close(): Promise<void> {
    const sink = this.#sink;
    this.#stop();
    sink?.state({ kind: "closed" });
    return Promise.resolve();
  }

  async #begin(asked: Promise<"granted" | "denied">): Promise<void> {
    const converts = loadConvert().catch(() => null);
    const answer = await asked.catch(() => "denied" as const);
    this.#convert = await converts;
    if (answer !== "granted") {
      this.#fail(message("sources.motion_denied"));
    } else if (this.#convert === null) {
      this.#fail(message("sources.device_code"));
    } else if (this.#sink) {
      addEventListener("devicemotion", this.#moved);
      this.#timer = setTimeout(() => {
        this.#fail(message("sources.motion_silent"));
      }, SILENCE_MS);
    }
  }

  readonly #moved = (event: DeviceMotionEvent): void => {
    const convert = this.#convert;
    if (!convert) {
      return;
    }
    const values = this.#channels.map(({ channel, unit, axis }) => {
      return { channel, value: motionValue(event, axis, unit, convert) };
    });
    // A computer without sensors sends a single event without values.
    if (values.every(({ value }) => value === null)) {
      return;
    }
    if (!this.#isOpen) {
      this.#isOpen = true;
      clearTimeout(this.#timer);
      this.#sink?.state({ kind: "open" });
    }
    for (const { channel, value } of values) {
      this.#feed?.put(channel, value);
    }
  };

  #fail(reason: SourceMessage): void {
    const sink = this.#sink;
    this.#stop();
    sink?.state({ kind: "failed", reason });
  }

  #stop(): void {
    clearTimeout(this.#timer);
    removeEventListener("devicemotion", this.#moved);
    this.#feed?.stop();
    this.#sink = null;
  }
}
