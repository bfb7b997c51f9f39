/** Bytes become lines, whatever the chunks in which they arrive. */

/** Longer than any line of readings. */
export const LONGEST_LINE = 4096;

/** Cuts a stream of bytes at line feeds. A line that is too long is left out. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #longest: number;
  readonly #tooLong: () => void;
  #rest = "";
  #skipping = false;

  constructor(tooLong: () => void, longest = LONGEST_LINE) {
    this.#tooLong = tooLong;
    this.#longest = longest;
  }

  /** The lines that these bytes complete, without their ends. */
  push(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    const pieces = this.#decoder.decode(bytes, { stream: true }).split("\n");
    pieces.forEach((piece, index) => {
      if (index > 0) {
        this.#end(lines);
      }
      this.#append(piece);
    });
    return lines;
  }

  #append(piece: string): void {
    if (this.#skipping) {
      return;
    }
    if (this.#rest.length + piece.length > this.#longest) {
      this.#skipping = true;
      this.#rest = "";
      this.#tooLong();
    } else {
      this.#rest += piece;
    }
  }

  #end(lines: string[]): void {
    const line = this.#rest.replace(/\r$/, "");
    if (!this.#skipping) {
      lines.push(line);
    }
    this.#skipping = false;
    this.#rest = "";
  }
}
