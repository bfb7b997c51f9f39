/** Sources of readings: what they are called, how they fare, what went wrong. */

import type { Message } from "../message.js";

export default {
  simulator: "Simulated pump",
  mqtt: "MQTT broker",
  serial: "Serial port",
  bluetooth: "Bluetooth sensor",
  motion: "Motion sensors",

  insecure:
    "Browsers allow this only on pages opened over https or from localhost. Open the page that way.",
  mqtt_missing: "This browser has no WebSocket. Use a current browser, or open a recording.",
  serial_missing:
    "This browser has no Web Serial. Use Chrome or Edge on a computer, let the device publish to an MQTT broker, or open its recording as a CSV file.",
  bluetooth_missing:
    "This browser has no Web Bluetooth. Use Chrome or Edge on Android, Windows, macOS or ChromeOS, let a gateway publish to an MQTT broker, or open a recording.",
  bluetooth_off: "Bluetooth is off, or this device has none. Turn it on and try again.",
  motion_missing:
    "This browser reports no motion. Open the page on a phone or a tablet, or use another source.",

  simulator_failed: "The simulator stopped: {reason}. Start it again.",

  mqtt_url:
    "{url} is not the address of a broker. Write it with ws:// or wss://, like wss://broker.example:8084/mqtt.",
  mqtt_mixed:
    "A page opened over https may connect only to wss:// addresses, and to ws:// on this device. Give the broker a certificate, or open the page over http.",
  mqtt_filter: "{topic} is not a topic. A + stands for one whole level, a # for all that follow.",
  mqtt_no_topic: "No topic is given. Write the one that the device publishes to.",
  mqtt_no_user: "A password needs a user name. Write both, or leave the password empty.",
  mqtt_unreachable:
    "{host} does not answer. Check the address, the network, and that the broker listens for WebSockets.",
  mqtt_lost: "The connection to {host} was lost.",
  mqtt_ended: "{host} ended the connection: {reason}.",
  mqtt_credentials:
    "{host} does not accept this user name and password. Correct them and connect again.",
  mqtt_denied: "{host} does not allow this topic: {topic}. Ask for the right to read it.",
  mqtt_refused: "{host} refused the connection: {reason}.",
  mqtt_flood: "{host} sent a message of more than {limit} MB and was cut off.",
  mqtt_code: "The part of this page that speaks MQTT did not arrive. Go online once and try again.",

  serial_not_chosen: "No port was chosen. Connect the device and choose its port.",
  serial_denied: "The browser or its administrator does not allow serial ports on this page.",
  serial_busy:
    "The port cannot be opened. Another program may hold it: close the Arduino serial monitor or whatever reads from it.",
  device_code:
    "The part of this page that knows units did not arrive. Go online once and try again.",
  serial_code:
    "The part of this page that reads lines did not arrive. Go online once and try again.",
  serial_rate: "The port does not take these settings: {baud} baud. Choose the device's rate.",
  serial_unplugged: "The device is unplugged. Plug it in again.",
  serial_lost: "The connection to the port broke.",

  bluetooth_not_chosen: "No sensor was chosen. Turn the sensor on, come near it, and choose it.",
  bluetooth_denied: "The browser or its administrator does not allow Bluetooth on this page.",
  bluetooth_lost: "The connection to {name} was lost. Come nearer to it.",
  bluetooth_unreachable: "{name} does not answer. Come nearer to it and see that it is on.",
  bluetooth_service:
    "{name} has no Environmental Sensing service, which is what this page reads. Use another sensor, or let a gateway publish to an MQTT broker.",
  bluetooth_quantities:
    "{name} measures {found}, and none of this fits the model's channels: {wanted}.",

  motion_denied:
    "The motion sensors may not be read. Allow motion for this page in the browser's settings and try again.",
  motion_silent:
    "This device reports no motion. Use a phone or a tablet, or allow motion sensors in the browser's settings.",
  motion_channels:
    "The model's channels are not motion: {wanted}. Motion sensors give names like acc_x and gyro_z.",

  problem_encoding: "A message is not UTF-8 text.",
  problem_noise: "Unreadable characters arrive. Check the baud rate.",
  problem_line_noise:
    "The port reports transmission errors: {reason}. Check the cable and the rate.",
  problem_size: "A message is longer than {limit} bytes.",
  problem_line: "A line is longer than {limit} characters. End lines with a line feed.",
  problem_depth: "A message is nested deeper than {limit} levels.",
  problem_many: "A message holds more than {limit} readings.",
  problem_json: "A message is not valid JSON.",
  problem_path: "A message has nothing at {path}.",
  problem_names: "A message names none of the channels: {wanted}.",
  problem_names_there:
    "A message names none of the channels: {wanted}. It has {known}. Choose which fields the channels have.",
  problem_words:
    "{text} is neither readings nor names for the values that follow. Write one name a value, with commas between them.",
  problem_count: "A message has {found} values where {expected} are expected.",
  problem_shape: "A message is neither an object, nor a list, nor values with commas between them.",
  problem_topic:
    "A value has no name, and no channel's name ends the topic {topic}. Ask for the channel's own topic.",
  problem_two_channels:
    "The topic {topic} ends in two channels, {one} and {other}. Choose which fields the channels have.",
  problem_two_places:
    "{wanted} is there twice, as {one} and as {other}. Write the path to the one that is meant.",
  problem_not_a_number: "{text} is no number.",
  problem_too_large: "{text} is too large.",
  problem_two_numbers:
    "{text} is {decimals} with a decimal comma and {thousands} with a comma between thousands. Let the device write a decimal point.",
  problem_other_decimal: "{text} has another decimal mark than the values before it.",
  problem_unknown_unit: "{text} is no number, and {unit} is no known unit.",
  problem_other_unit: "{text} cannot be had in {expected}.",
  problem_loose_unit:
    "Nobody can tell which values the unit {unit} is of. Name it with its channel, like temperature_unit, or leave it out.",
  problem_not_a_time: "{text} is no time; the readings are used without it.",
  problem_no_times: "{text} is no time; the readings are used without it.",
  problem_two_times:
    "{text} is one time as {first} and another as {second}; the readings are used without it.",
  problem_length: "{name} sent {found} bytes where {expected} are expected.",
  problem_read: "{name} cannot be read: {reason}.",
  problem_missing: "No sensor measures {wanted}; these channels stay empty.",
} satisfies Record<string, Message>;
