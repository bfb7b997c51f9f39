/**
 * Where the bytes of models are kept. What a file means, and whether it is
 * whole, is the manifest's business; a store knows files and lengths only.
 */

/**
 * The part of a memory that bytes go to, asked for anew for every piece: views
 * of the runtime's memory end when it grows.
 */
export type Place = (at: number, length: number) => Uint8Array;

/** Which kind of storage a store is. */
export type StoreKind = "opfs" | "indexeddb";

/** Bytes that are read at once, so that somebody can be told how it goes. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/** A file that is being read. */
export interface Reader {
  /** How many bytes it has. */
  readonly length: number;
  /** Copies its first `length` bytes, in order, to where `place` says. */
  read(length: number, place: Place): Promise<void>;
  close(): void;
}

/** A file that is being written, from its end on. */
export interface Writer {
  /** How many bytes it has. */
  readonly length: number;
  /** Appends bytes, which are good only until this returns or its promise resolves. */
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** Makes what was written so far last; what is written meanwhile is not part of it. */
  flush(): Promise<void>;
  /** Copies the first `length` bytes, which were flushed, to where `place` says. */
  read(length: number, place: Place): Promise<void>;
  close(): void;
}

/** A place for files. Names are of this package's making, never a caller's. */
export interface Store {
  readonly kind: StoreKind;
  /** Null where there is no such file, or it is not whole. */
  open(file: string, length: number): Promise<Reader | null>;
  /** Cuts a file to a length and goes on from there; null where it has fewer bytes. */
  append(file: string, length: number): Promise<Writer | null>;
  /**
   * Removes a file, if it is there. False where the browser refuses, as somebody
   * has it open.
   */
  remove(file: string): Promise<boolean>;
  /** The names of all files. */
  files(): Promise<string[]>;
}
