/** The icons: paths in a box of 24, drawn as lines of the text's colour. */

export const ICONS = {
  pulse: "M2.5 13h4l2.5-8 4.5 14 3-9 1.5 3h3.5",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M9 13h6M9 17h4",
  cube: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  settings:
    "M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  plus: "M12 5v14M5 12h14",
  trash: "M4 7h16M10 11v6M14 11v6M6 7l1 12a2 2 0 0 0 2 2h6a2 2 0 0 0 2-2l1-12M9 7V4h6v3",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 20V9M7 13l5-5 5 5M5 4h14",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 7.6v.4",
  warning: "M12 4l9 16H3zM12 10v4.5M12 17.2v.3",
  error: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v6M12 16v.4",
  chevron: "M9 5l7 7-7 7",
  back: "M19 12H5M11 6l-6 6 6 6",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  stop: "M6 6h12v12H6z",
  refresh: "M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4",
  wifi: "M2.5 9a14 14 0 0 1 19 0M6 12.7a9 9 0 0 1 12 0M9.2 16.2a4.4 4.4 0 0 1 5.6 0M12 19.5v.1",
  usb: "M12 21V4M9 7l3-3 3 3M7 11v3l5 3M17 10v2l-5 3M6 9.5h2v1.8H6zM16 8.5h2v1.8h-2z",
  bluetooth: "M7 8l10 8-5 4V4l5 4-10 8",
  phone:
    "M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2",
  pump: "M4 18h16M7 18v-3M17 18v-3M12 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM17 8h3M12 10l2-2",
  chip: "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  table: "M4 5h16v14H4zM4 10h16M10 10v9",
  more: "M5 12h.01M12 12h.01M19 12h.01",
} as const;

export type IconName = keyof typeof ICONS;
