// Rows of a [data-part]: add, remove, suggestions that fill one. Without it two empty rows are there.
(() => {
  const rows = (part) => [...part.querySelectorAll("[data-row]")];
  const text = (row) => row.querySelector("[data-field=text], [data-field=name]");
  const isBlank = (row) => !text(row).value.trim();
  const number = (part) => rows(part).forEach((row, n) => {
    for (const field of row.querySelectorAll("[aria-label]")) {
      field.ariaLabel = field.ariaLabel.replace(/^Part/, part.dataset.label).replace(/\d+/, n + 1);
    }
    if (n === 0) text(row).id = `id_${part.dataset.part}`;
  });

  const add = (part) => {
    const kind = part.dataset.part === "who" ? "row-who" : "row-line";
    const row = document.getElementById(kind).content.firstElementChild.cloneNode(true);
    const taken = rows(part).map((each) => Number(text(each).name.match(/-(\d+)-/)?.[1] ?? 0));
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/^new/, part.dataset.part).replace(/-\d+-/, `-${Math.max(-1, ...taken) + 1}-`);
    }
    part.querySelector(".lines").append(row);
    number(part);
    return row;
  };

  const remove = (row) => {
    const part = row.closest("[data-part]");
    const beside = row.previousElementSibling ?? row.nextElementSibling ?? add(part);
    row.remove();
    number(part);
    text(beside).focus();
    text(beside).dispatchEvent(new Event("input", { bubbles: true }));
  };

  const suggest = ({ dataset }, part) => {
    const row = part.querySelector(".lines") ? rows(part).find(isBlank) ?? add(part) : part;
    for (const field of row.querySelectorAll("[data-field]")) {
      if (field.type === "checkbox") field.checked = Boolean(dataset.met);
      else field.value = [row === part ? field.value.trim() : "", dataset[field.dataset.field]].filter(Boolean).join(" ");
    }
    row.querySelector("[data-field]").dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("click", ({ target }) => {
    const part = target.closest("[data-part]");
    if (target.closest("[data-add-row]")) text(add(part)).focus();
    if (target.closest("[data-remove-row]")) remove(target.closest("[data-row]"));
    if (target.closest("[data-add]")) {
      suggest(target.closest("[data-add]"), part);
      target.closest("[data-add]").remove();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches(".line [data-field]:is(textarea, [type=text])")) return;
    event.preventDefault();
    const next = event.target.closest("[data-row]").nextElementSibling ?? add(event.target.closest("[data-part]"));
    text(next).focus();
  });
  for (const row of document.querySelectorAll("form .lines [data-row] ~ [data-row]")) if (isBlank(row)) row.remove();
})();
