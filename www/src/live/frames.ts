/** Work that is done at most once a frame, and less often where it is slow. */

/** Of the time between two turns, the work takes at most one in this many parts. */
const SHARE = 3;

/** Coalesces requests into animation frames; a hidden page draws nothing. */
export class Frames {
  readonly #work: () => void;
  #frame: number | undefined;
  #notBefore = 0;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Asks for the work to be done soon. */
  request(): void {
    this.#frame ??= requestAnimationFrame((now) => {
      this.#turn(now);
    });
  }

  stop(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
      this.#frame = undefined;
    }
  }

  #turn(now: number): void {
    this.#frame = undefined;
    if (now < this.#notBefore) {
      this.request();
      return;
    }
    const began = performance.now();
    this.#work();
    const ended = performance.now();
    this.#notBefore = ended + (ended - began) * (SHARE - 1);
  }
}
