// What a reader has starred, read and saved: in this browser alone, as one JSON object.

const KEY = "paperglot";
const KINDS = ["starred", "read", "searches"];

/** {starred: {id: {title, at}}, read: {id: at}, searches: {address: {title, at}}} */
export function load() {
  let stored = {};
  try {
    stored = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    // A browser that keeps nothing, or a damaged entry: begin anew.
  }
  return Object.fromEntries(
    KINDS.map((kind) => {
      const entries = Object.entries(isObject(stored[kind]) ? stored[kind] : {});
      return [kind, Object.fromEntries(entries.filter(([key, entry]) => isOurs(kind, key, entry)))];
    }),
  );
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** False where the browser keeps nothing. */
export function save(store) {
  try {
    localStorage.setItem(KEY, JSON.stringify(store));
    return true;
  } catch {
    return false;
  }
}

/** Adds the entry, or takes it away where it is there. Returns whether it is there now: never, where nothing is kept. */
export function toggle(kind, key, entry) {
  const store = load();
  const isNew = !(key in store[kind]);
  if (isNew) store[kind][key] = entry;
  else delete store[kind][key];
  return save(store) ? isNew : false;
}

/**
 * Adds what a file holds that `load` once gave, and returns how many are new; throws where it holds something else, or
 * the browser keeps nothing.
 */
export function merge(text) {
  const given = JSON.parse(text);
  if (!isObject(given) || !KINDS.some((kind) => isObject(given[kind]))) throw new SyntaxError("not a Paperglot file");
  const store = load();
  let added = 0;
  for (const kind of KINDS)
    for (const [key, entry] of Object.entries(isObject(given[kind]) ? given[kind] : {}))
      if (!(key in store[kind]) && isOurs(kind, key, entry)) {
        store[kind][key] = entry;
        added += 1;
      }
  if (!save(store)) throw new Error("nothing is kept");
  return added;
}

/** Whether an entry is one that the page writes. An address must be one of this page: it becomes a link. */
function isOurs(kind, key, entry) {
  if (kind === "read") return typeof entry === "string";
  const isAddress = kind === "starred" ? /^[\w.-]+(\/\d+)?$/.test(key) : key.startsWith("/?");
  return typeof entry?.title === "string" && isAddress;
}
