// Small behaviours: dialogs, the browser's own confirm, tabs, switch, range with its value, toasts.

/** @param {HTMLElement} opener */
export function attachOpener(opener) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
}

/** @param {HTMLDialogElement} dialog */
export function attachDialog(dialog) {
  dialog.querySelectorAll("[data-close]").forEach((button) => button.addEventListener("click", () => dialog.close()));
  if ("show" in dialog.dataset) dialog.showModal();
}

/** @param {HTMLFormElement} form */
export function attachConfirm(form) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.nativeConfirm)) event.preventDefault();
  });
}

/** @param {HTMLElement} root */
export function attachTabs(root) {
  const tabs = [...root.querySelectorAll("[role=tab]")];

  function show(tab) {
    tabs.forEach((other) => {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    });
  }

  tabs.forEach((tab, n) => {
    tab.addEventListener("click", () => show(tab));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const next = tabs[(n + by + tabs.length) % tabs.length];
      show(next);
      next.focus();
    });
  });
  const wrong = root.querySelector("[role=tabpanel] [aria-invalid=true]")?.closest("[role=tabpanel]");
  if (wrong) show(document.getElementById(wrong.getAttribute("aria-labelledby")));
}

/** @param {HTMLButtonElement} button */
export function attachSwitch(button) {
  const field = button.parentElement.querySelector(`input[name="${button.dataset.switch}"]`);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-checked") !== "true";
    button.setAttribute("aria-checked", String(on));
    field.value = on ? "on" : "off";
  });
}

/** @param {HTMLInputElement} range */
export function attachRange(range) {
  const shown = range.parentElement.querySelector("output");
  const show = () => {
    shown.textContent = `${range.value} %`;
    range.style.setProperty("--part", `${(100 * range.value) / range.max}%`);
  };
  range.addEventListener("input", show);
  show();
}

/** @param {HTMLElement} toast */
export function attachToast(toast) {
  toast.querySelector("[data-dismiss]").addEventListener("click", () => toast.remove());
}

/** A toast made here. @param {string} text */
export function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.innerHTML = '<span></span><button type="button" class="icon-button" data-dismiss aria-label="Dismiss">×</button>';
  toast.querySelector("span").textContent = text;
  attachToast(toast);
  document.querySelector(".toasts").replaceChildren(toast);
}
