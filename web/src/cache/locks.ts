/**
 * Who works on what: locks that all tabs and workers of the origin see, and
 * that end with whoever holds them. A browser without them does the same work,
 * only that two tabs then download twice.
 */

/** A lock that is held. */
export interface Held {
  release(): void;
}

/** How a lock is asked for: by whoever waits, or only if nobody else has it. */
interface Asking {
  mode?: LockMode;
  signal?: AbortSignal;
  ifAvailable?: boolean;
}

/** Takes a lock; null where it is not available and was asked for only if it is. */
export function hold(name: string, asking: Asking = {}): Promise<Held | null> {
  if (!hasLocks()) {
    return Promise.resolve({ release: () => undefined });
  }
  return new Promise((resolve, reject) => {
    const until = (lock: Lock | null) => {
      if (!lock) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => {
        resolve({ release });
      });
    };
    navigator.locks.request(`senselm ${name}`, asking, until).catch(reject);
  });
}

/** Whether this browser has locks. */
export function hasLocks(): boolean {
  return "locks" in navigator;
}

/** Readers of a file share this lock; whoever writes or removes it has it alone. */
export function ofFile(file: string): string {
  return `file ${file}`;
}

/** The turn to download from an address. */
export interface Turn extends Held {
  /** Somebody else had it, so what they brought may be there. */
  waited: boolean;
  /** Tells those who wait how it goes. */
  tell(loaded: number, total: number | null): void;
}

/** How far a download is, for other tabs; null from who wants to know. */
interface Told {
  url: string;
  progress: { loaded: number; total: number | null } | null;
}

const CHANNEL = "senselm downloads";
/** How often others are told. */
const TELL_MS = 100;

/** Waits for the turn, and meanwhile hears how the one before it goes. */
export async function takeTurn(
  url: string,
  signal: AbortSignal,
  onProgress: (loaded: number, total: number | null) => void,
): Promise<Turn> {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
  const say = (progress: Told["progress"]) =>
    channel?.postMessage({ url, progress } satisfies Told);
  const hear = (body: (progress: Told["progress"]) => void) => {
    if (channel) {
      channel.onmessage = ({ data }: MessageEvent<Told>) => {
        if (data.url === url) {
          body(data.progress);
        }
      };
    }
  };
  try {
    const name = `download ${url}`;
    const free = await hold(name, { ifAvailable: true });
    if (!free) {
      hear((progress) => {
        if (progress) {
          onProgress(progress.loaded, progress.total);
        }
      });
      say(null);
    }
    const held = free ?? (await hold(name, { signal }));
    let latest: Told["progress"] = null;
    let last = -TELL_MS;
    let over = false;
    hear((progress) => {
      if (!progress && latest) {
        say(latest);
      }
    });
    return {
      waited: !free,
      tell(loaded, total) {
        if (over) {
          return;
        }
        latest = { loaded, total };
        const now = performance.now();
        if (now - last >= TELL_MS || loaded === total) {
          last = now;
          say(latest);
        }
      },
      release() {
        over = true;
        channel?.close();
        held?.release();
      },
    };
  } catch (error) {
    channel?.close();
    throw error;
  }
}
