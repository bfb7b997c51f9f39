/** A bounded memory of the readings of a run, for the charts. */

import type { Reading } from "@senselm/web";

/** How much more than its capacity is kept before the oldest goes. */
const SLACK = 1.25;

/** How far apart readings are drawn that came at the same time. */
const CLOSE_S = 1e-4;
/** Over how many readings their distance in time is taken. */
const RECENT = 60;
/** A silence is as long as this, and as so many readings. */
const SILENCE_S = 1.5;
const SILENT = 5;
/** A clock that goes back by less only has coarse steps. */
const SET_BACK_S = 2;

/** The readings from `first` on, as a chart takes them. */
export interface Stretch {
  /** The index of the first reading since the run began. */
  first: number;
  /** Seconds since the run began, rising. */
  times: number[];
  /** One list per channel that was asked for, null where a value is missing. */
  values: (number | null)[][];
}

/** The latest readings of each channel, by the index they have in the run. */
export class Trace {
  /** Indices of readings in front of which there was a gap or a silence. */
  readonly breaks: number[] = [];
  readonly #capacity: number;
  readonly #sample_period_s: number;
  readonly #channels: (number | null)[][];
  readonly #times: number[] = [];
  #start = 0;
  /** What turns a source's clock into seconds since the run began. */
  #offset_s: number | null = null;
  /** When the first reading came, by the page's clock. */
  #began_s: number | null = null;

  /** Keeps at least `capacity` readings; `sample_rate_hz` says how far apart they are meant to be. */
  constructor(channels: number, capacity: number, sample_rate_hz: number | null) {
    this.#channels = Array.from({ length: channels }, () => []);
    this.#capacity = capacity;
    this.#sample_period_s = 1 / (sample_rate_hz ?? 1);
  }

  /** The index behind the latest reading: how many there were. */
  get end(): number {
    return this.#start + this.#times.length;
  }

  /** The index of the oldest reading that is still here. */
  get start(): number {
    return this.#start;
  }

  /** Adds readings that came at a time, in seconds of the page's clock. */
  add(batch: readonly Reading[], now_s: number): void {
    const arrived = this.#arrivals(batch.length, now_s);
    batch.forEach((reading, index) => {
      const time = this.#time(reading.time_s, arrived(index));
      const silence = time - (this.#times.at(-1) ?? time);
      if (silence > Math.max(SILENCE_S, this.#spacing_s() * SILENT)) {
        this.interrupt();
      }
      this.#times.push(time);
      this.#channels.forEach((kept, channel) => {
        kept.push(reading.values[channel] ?? null);
      });
    });
    if (this.#times.length > this.#capacity * SLACK) {
      const excess = this.#times.length - this.#capacity;
      this.#times.splice(0, excess);
      for (const kept of this.#channels) {
        kept.splice(0, excess);
      }
      this.#start += excess;
      this.breaks.splice(0, this.breaks.findLastIndex((index) => index < this.#start) + 1);
    }
  }

  /** Says that readings are missing in front of the next one. */
  interrupt(): void {
    if (this.end > 0 && this.breaks.at(-1) !== this.end) {
      this.breaks.push(this.end);
    }
  }

  /** Up to `length` readings of some channels in front of the index `end`. */
  until(end: number, length: number, channels: readonly number[]): Stretch {
    const to = Math.max(end - this.#start, 0);
    const from = Math.max(to - length, 0);
    return {
      first: this.#start + from,
      times: this.#times.slice(from, to),
      values: channels.map((channel) => this.#channels[channel]?.slice(from, to) ?? []),
    };
  }

  /** When the reading with an index was, also of one that is gone or to come. */
  timeOf(index: number): number {
    const at = index - this.#start;
    const known = this.#times[at];
    if (known !== undefined) {
      return known;
    }
    const edge = at < 0 ? 0 : this.#times.length - 1;
    return (this.#times[edge] ?? 0) + (at - edge) * this.#spacing_s();
  }

  /** The value of a channel at an index. */
  value(channel: number, index: number): number | null {
    return this.#channels[channel]?.[index - this.#start] ?? null;
  }

  /** The latest value of a channel in front of the index `end` that is not missing. */
  latest(channel: number, end: number): number | null {
    const kept = this.#channels[channel] ?? [];
    for (let at = end - this.#start - 1; at >= 0; at -= 1) {
      const value = kept[at] ?? null;
      if (value !== null) {
        return value;
      }
    }
    return null;
  }

  /**
   * A source's clock where it has one, the time of arrival where not. Charts need
   * time that rises, so a clock that is set back goes on from where it was.
   */
  #time(time_s: number | undefined, arrival_s: number): number {
    const before = this.#times.at(-1);
    const next = before === undefined ? 0 : before + this.#spacing_s();
    if (time_s === undefined || !Number.isFinite(time_s)) {
      return before === undefined ? arrival_s : Math.max(arrival_s, before + CLOSE_S);
    }
    this.#offset_s ??= next - time_s;
    const time = time_s + this.#offset_s;
    if (before === undefined || time > before) {
      return time;
    }
    if (before - time < SET_BACK_S) {
      // A clock coarser than the readings, or some that overtook others.
      return before + CLOSE_S;
    }
    this.#offset_s = next - time_s;
    this.interrupt();
    return next;
  }

  /**
   * When the readings of a batch are taken to have come: spread over the time
   * since the one before, but not over more than they take as a rule.
   */
  #arrivals(count: number, now_s: number): (index: number) => number {
    this.#began_s ??= now_s;
    const end = now_s - this.#began_s;
    const before = this.#times.at(-1);
    const usual = count * this.#spacing_s() * 2;
    const width = before === undefined ? 0 : Math.min(Math.max(end - before, 0), usual);
    return (index) => end - (width * (count - 1 - index)) / count;
  }

  /** Seconds from one reading to the next, as they lately came. */
  #spacing_s(): number {
    const last = this.#times.length - 1;
    const from = Math.max(last - RECENT, 0);
    const [first, latest] = [this.#times[from], this.#times[last]];
    return first === undefined || latest === undefined || last === from
      ? this.#sample_period_s
      : (latest - first) / (last - from);
  }
}
