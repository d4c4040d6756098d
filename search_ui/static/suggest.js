// Suggestions below the search box: an accessible combobox with a list.

const WAIT_MS = 120;

export function offerSuggestions(input, root) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label"));
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  }))
    input.setAttribute(name, value);
  let chosen = -1;
  let timer;
  let request;

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = place;
    const option = list.children[chosen];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(suggestions) {
    list.replaceChildren(
      ...suggestions.map((suggestion, place) => {
        const option = document.createElement("li");
        option.id = `suggestion-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.address = root + suggestion.address;
        const kind = document.createElement("small");
        kind.textContent = words()[suggestion.kind] ?? suggestion.kind;
        option.append(suggestion.text, " ", kind);
        return option;
      }),
    );
    choose(-1);
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  function words() {
    return JSON.parse(document.body.dataset.words);
  }

  async function ask() {
    request?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${root}/api/v1/suggest?q=${encodeURIComponent(text)}`, { signal: request.signal });
      if (answer.ok && document.activeElement === input) show(await answer.json());
    } catch {
      // Suggestions are a help: without the server there are none.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose(chosen <= 0 ? count - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.address);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("li");
    if (option && event.button === 0) location.assign(option.dataset.address);
  });
  input.addEventListener("blur", close);
}
