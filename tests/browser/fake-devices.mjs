/**
 * Serial ports and Bluetooth sensors that a page takes for real ones.
 *
 * Each function runs in the page and puts itself where the browser's own
 * interface is. They behave as the specifications say, as far as sources look.
 */

/**
 * A serial port, as `window.port`. `fail` is what goes wrong, in order: the name
 * of an error of `open`, or `choose` and the name of an error of the chooser.
 */
export function fakeSerial(fail) {
  const serial = new EventTarget();
  class Port extends EventTarget {
    constructor(usbProductId) {
      super();
      this.info = { usbVendorId: 0x2341, usbProductId };
      this.isPlugged = true;
      this.readable = null;
    }
    getInfo() {
      return this.info;
    }
    async open(options) {
      await null;
      const name = fail.shift() ?? (this.isPlugged ? undefined : "NetworkError");
      if (name === "TypeError") {
        throw new TypeError("the rate is not supported");
      }
      if (name) {
        throw new DOMException("the port cannot be opened", name);
      }
      if (this.readable) {
        throw new DOMException("the port is open", "InvalidStateError");
      }
      this.options = options;
      this.stream();
    }
    stream() {
      this.readable = new ReadableStream({ start: (controller) => (this.controller = controller) });
    }
    async close() {
      await null;
      if (this.readable?.locked) {
        throw new TypeError("the stream is locked");
      }
      this.readable = null;
    }
    send(bytes) {
      this.controller.enqueue(bytes);
    }
    /** An error on the line: the stream ends with it, and another one follows. */
    break(name) {
      const { controller } = this;
      this.stream();
      controller.error(new DOMException("the line", name));
    }
    unplug() {
      this.isPlugged = false;
      const { controller } = this;
      this.readable = null;
      controller.error(new DOMException("the device has been lost", "NetworkError"));
      announce("disconnect", this);
    }
    plugIn() {
      this.isPlugged = true;
      announce("connect", this);
    }
  }
  // In a browser these events rise from the port.
  const announce = (type, port) => {
    const event = new Event(type);
    Object.defineProperty(event, "target", { value: port });
    serial.dispatchEvent(event);
  };
  const port = new Port(0x43);
  serial.requestPort = async () => {
    await null;
    if (fail[0]?.startsWith("choose ")) {
      throw new DOMException("no port", fail.shift().replace("choose ", ""));
    }
    return port;
  };
  window.port = port;
  window.plugInAnother = () => announce("connect", new Port(0x44));
  Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
}

/**
 * A Bluetooth sensor, as `window.device`. A characteristic without bytes cannot
 * be read; `deaf` is how often it refuses to notify.
 */
export function fakeBluetooth({ characteristics, fail = null, noService = false, deaf = 0 }) {
  const full = (uuid) => `0000${uuid}-0000-1000-8000-00805f9b34fb`;
  const device = new EventTarget();
  let unreachable = 0;

  class Characteristic extends EventTarget {
    constructor({ uuid, bytes, notify }) {
      super();
      this.uuid = full(uuid);
      this.short = uuid;
      this.bytes = bytes;
      this.properties = { read: true, notify, indicate: false };
      this.isNotifying = false;
      this.value = null;
    }
    take(bytes) {
      // Values lie somewhere in a larger buffer.
      const buffer = new Uint8Array([0xaa, ...bytes, 0xaa]).buffer;
      this.value = new DataView(buffer, 1, bytes.length);
      this.dispatchEvent(new Event("characteristicvaluechanged"));
      return this.value;
    }
    async readValue() {
      await null;
      device.asked[this.short] = (device.asked[this.short] ?? 0) + 1;
      if (!device.gatt.connected) {
        throw new DOMException("GATT Server is disconnected", "NetworkError");
      }
      if (device.isBusy) {
        throw new DOMException("GATT operation already in progress.", "NetworkError");
      }
      device.isBusy = true;
      await new Promise((resolve) => setTimeout(resolve, 5));
      device.isBusy = false;
      if (this.bytes === null) {
        throw new DOMException("not permitted", "NotSupportedError");
      }
      return this.take(this.bytes);
    }
    async startNotifications() {
      await null;
      if (deaf > 0) {
        deaf -= 1;
        throw new DOMException("GATT operation failed for unknown reason.", "NotSupportedError");
      }
      this.isNotifying = true;
      return this;
    }
  }

  const connect = () => {
    device.characteristics = characteristics.map((one) => new Characteristic(one));
    device.gatt.connected = true;
    return {
      getPrimaryService: async () => {
        await null;
        if (noService) {
          throw new DOMException("No Services matching UUID", "NotFoundError");
        }
        return { getCharacteristics: () => Promise.resolve(device.characteristics) };
      },
    };
  };

  device.name = "Room 7";
  device.id = "id7";
  device.asked = {};
  device.gatt = {
    connected: false,
    connect: async () => {
      await null;
      if (unreachable > 0) {
        unreachable -= 1;
        throw new DOMException("Connection attempt failed.", "NetworkError");
      }
      return connect();
    },
    disconnect: () => {
      if (device.gatt.connected) {
        device.gatt.connected = false;
        device.dispatchEvent(new Event("gattserverdisconnected"));
      }
    },
  };
  device.notify = (uuid, bytes) => {
    const characteristic = device.characteristics.find(({ short }) => short === uuid);
    if (characteristic.isNotifying) {
      characteristic.take(bytes);
    }
  };
  device.lose = (attempts) => {
    unreachable = attempts;
    device.gatt.disconnect();
  };
  window.device = device;
  const bluetooth = {
    getAvailability: () => Promise.resolve(true),
    requestDevice: async (options) => {
      device.requested = options;
      await null;
      if (fail) {
        throw new DOMException("no device", fail);
      }
      return device;
    },
  };
  Object.defineProperty(navigator, "bluetooth", { value: bluetooth, configurable: true });
}
