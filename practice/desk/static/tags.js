// Tags: chips that can be removed, and a field whose text becomes a chip on Enter or a comma.

const CROSS = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/></svg>';

/** @param {HTMLElement} root */
export function attachTags(root) {
  const field = root.querySelector("input[type=text]");
  const chips = root.querySelector(".chips");

  function removable(chip) {
    chip.querySelector("button").addEventListener("click", () => {
      chip.remove();
      field.focus();
    });
  }

  function add(text) {
    const tag = text.trim().toLowerCase();
    const there = [...chips.querySelectorAll("input")].some((input) => input.value === tag);
    if (!tag || there) return;
    const chip = document.createElement("li");
    chip.className = "chip";
    chip.innerHTML = `<span></span><input type="hidden" name="tag"><button type="button">${CROSS}</button>`;
    chip.querySelector("span").textContent = tag;
    chip.querySelector("input").value = tag;
    chip.querySelector("button").setAttribute("aria-label", `Remove tag ${tag}`);
    removable(chip);
    chips.append(chip);
  }

  function take() {
    add(field.value.replace(",", ""));
    field.value = "";
  }

  chips.querySelectorAll("li").forEach(removable);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !field.value) chips.lastElementChild?.remove();
  });
  field.closest("form").addEventListener("submit", take);
}
