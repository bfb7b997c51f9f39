/** The version of the page; the build fills it in. */
declare const VERSION: string;
