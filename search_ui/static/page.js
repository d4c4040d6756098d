// What the page does beyond links: keys, stars, saved searches, copying. Everything else works without a script.

import { load, merge, save, toggle } from "./store.js";
import { offerSuggestions } from "./suggest.js";

const words = JSON.parse(document.body.dataset.words);
const root = document.body.dataset.root;
const search = document.querySelector(".search input[type=search]");
const papers = [...document.querySelectorAll("[data-paper]")];
const now = () => new Date().toISOString();

offerSuggestions(search, root);

// Stars and what was read

function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", () => act(element));
  return element;
}

function titleOf(paper) {
  return paper.querySelector("h1, h2").textContent.trim();
}

function showStar(paper, isStarred) {
  const star = paper.querySelector(".star");
  star.textContent = `${isStarred ? "★" : "☆"} ${words.star}`;
  star.setAttribute("aria-pressed", String(isStarred));
  star.setAttribute("aria-label", `${words.star}: ${titleOf(paper)}`);
}

function star(paper) {
  showStar(paper, toggle("starred", paper.dataset.paper, { title: titleOf(paper), at: now() }));
}

function markRead(id) {
  const store = load();
  store.read[id] ??= now();
  save(store);
}

const store = load();
// A page that the browser kept shows what was starred since.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const paper of papers) showStar(paper, paper.dataset.paper in load().starred);
});

for (const paper of papers) {
  const id = paper.dataset.paper;
  const element = paper.querySelector(".star");
  element.addEventListener("click", () => star(paper));
  element.classList.remove("unscripted");
  showStar(paper, id in store.starred);
  paper.classList.toggle("read", id in store.read && paper.matches(".paper"));
  if (paper.matches(".whole")) markRead(id);
}

// Results: a saved search, and the papers by likeness to the starred ones

const leaves = document.querySelector("[data-search]");
if (leaves) {
  const address = leaves.dataset.search;
  const label = (isSaved) => (isSaved ? words.saved : words.save_search);
  const element = leaves.querySelector("button");
  const show = (isSaved) => {
    element.textContent = label(isSaved);
    element.setAttribute("aria-pressed", String(isSaved));
  };
  element.addEventListener("click", () => show(toggle("searches", address, { title: leaves.dataset.title, at: now() })));
  element.classList.remove("unscripted");
  if (address in store.searches) show(true);
  const starred = Object.keys(store.starred).slice(-100);
  if (starred.length) {
    const link = document.createElement("a");
    const query = new URLSearchParams(address.split("?")[1]);
    query.delete("sort");
    for (const id of starred) query.append("like", id);
    link.href = `${root}/ranked?${query}`;
    link.textContent = words.by_likeness;
    leaves.append(" ", link);
  }
}

// Keys

let at = -1;

function titleLink(paper) {
  return paper?.querySelector(":scope > h2 a");
}

function goTo(place) {
  at = Math.max(0, Math.min(papers.length - 1, place));
  const link = titleLink(papers[at]) ?? papers[at]?.querySelector("h1");
  link?.focus();
  papers[at]?.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const focused = papers.indexOf(event.target.closest?.("[data-paper]"));
  if (focused >= 0) at = focused;
  const acts = {
    "/": () => search.select(),
    j: () => goTo(at + 1),
    k: () => goTo(at - 1),
    o: () => titleLink(papers[at])?.click(),
    s: () => papers[Math.max(at, 0)] && star(papers[Math.max(at, 0)]),
  };
  if (!Object.hasOwn(acts, event.key)) return;
  event.preventDefault();
  acts[event.key]();
});

// Copying a reference

// A browser gives the clipboard to pages of this machine and over HTTPS alone.
if (navigator.clipboard)
  for (const text of document.querySelectorAll(".cite pre"))
    text.previousElementSibling.append(
      " ",
      button(words.copy, async (element) => {
        await navigator.clipboard.writeText(text.textContent);
        element.textContent = words.copied;
      }),
    );

// The page of what is starred and saved

const mine = document.querySelector("[data-mine]");
if (mine) {
  const message = mine.querySelector("[data-message]");
  const list = (kind, address) => {
    const element = mine.querySelector(`[data-${kind}]`);
    const entries = Object.entries(load()[kind]).sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
    element.replaceChildren(
      ...entries.map(([key, entry]) => {
        const row = document.createElement("li");
        const link = document.createElement("a");
        link.href = root + address(key);
        link.textContent = entry.title;
        row.append(link, " ");
        if (kind === "searches") {
          const feed = document.createElement("a");
          feed.href = `${root}/feed${key.slice(1)}`;
          feed.textContent = words.feed;
          row.append(feed, " ");
        }
        const remove = button(words.remove, () => {
          const place = [...element.children].indexOf(row);
          toggle(kind, key);
          show();
          (element.children[place] ?? element.lastElementChild)?.querySelector("button").focus();
        });
        remove.setAttribute("aria-label", `${words.remove}: ${entry.title}`);
        row.append(remove);
        return row;
      }),
    );
    element.nextElementSibling.hidden = entries.length > 0;
    return entries.map(([key]) => key);
  };
  const show = () => {
    const ids = list("starred", (id) => `/paper/${id}`);
    list("searches", (address) => address);
    const bibtex = mine.querySelector("[data-export-bibtex]");
    bibtex.hidden = !ids.length;
    // The server takes so many at once, and addresses of a few kilobytes.
    const query = ids.slice(0, 200).map((id) => `id=${encodeURIComponent(id)}`);
    bibtex.href = `${root}/export?format=bibtex&${query.join("&")}`;
  };
  mine.querySelector("[data-export]").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(load(), null, 1)], { type: "application/json" }));
    link.download = "paperglot.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  mine.querySelector("[data-import]").addEventListener("change", async (event) => {
    try {
      message.textContent = words.imported.replace("{n}", merge(await event.target.files[0].text()));
    } catch {
      message.textContent = words.not_imported;
    }
    message.hidden = false;
    event.target.value = ""; // so that the same file can be chosen again
    show();
  });
  mine.hidden = false;
  show();
}
