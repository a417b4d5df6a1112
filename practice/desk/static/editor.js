// The reply: a rich text field with its toolbar, files sent at once, and a preview in a frame of its own.
import { say } from "./parts.js";

const STYLE = "body{margin:0;padding:14px 16px;font:14px/1.45 Inter,Arial,\"Liberation Sans\",sans-serif;color:#1f2a30}p{margin:0 0 8px}";

/** @param {HTMLFormElement} form */
export function attachEditor(form) {
  const editor = form.querySelector("[contenteditable]");
  const commands = [...form.querySelectorAll("[data-command]")];
  const preview = form.querySelector("[data-preview]");
  const frame = form.querySelector("iframe");
  const chooser = form.querySelector("input[type=file]");
  const files = form.querySelector("[data-files]");
  document.execCommand("defaultParagraphSeparator", false, "p");

  function showState() {
    commands.forEach((button) => button.setAttribute("aria-pressed", String(document.queryCommandState(button.dataset.command))));
  }

  function written() {
    return editor.textContent.trim() ? editor.innerHTML : "";
  }

  function draw() {
    frame.srcdoc = `<!doctype html><title>Reply</title><style>${STYLE}</style><body>${written() || "<p>Nothing written yet.</p>"}</body>`;
  }

  async function attach(file) {
    const answer = await fetch(`${chooser.dataset.upload}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    const told = await answer.json();
    if (!answer.ok) return say(told.error);
    const line = document.createElement("li");
    line.className = "chip";
    line.innerHTML = '<span></span><input type="hidden" name="file"><button type="button">×</button>';
    line.querySelector("span").textContent = told.name;
    line.querySelector("input").value = told.key;
    line.querySelector("button").setAttribute("aria-label", `Remove ${told.name}`);
    line.querySelector("button").addEventListener("click", () => line.remove());
    files.append(line);
    say(`${told.name} attached.`);
  }

  commands.forEach((button) => {
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps focus and selection
    button.addEventListener("click", () => {
      editor.focus();
      document.execCommand(button.dataset.command);
      showState();
    });
  });
  editor.addEventListener("input", () => {
    if (!editor.textContent && !editor.querySelector("li")) editor.replaceChildren(); // so that the placeholder is back
    if (!frame.hidden) draw();
  });
  document.addEventListener("selectionchange", () => document.activeElement === editor && showState());
  preview.addEventListener("click", () => {
    frame.hidden = !frame.hidden;
    preview.setAttribute("aria-expanded", String(!frame.hidden));
    if (!frame.hidden) draw();
  });
  form.querySelector("[data-attach]").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    for (const file of chooser.files) await attach(file);
    chooser.value = "";
  });
  form.addEventListener("submit", (event) => {
    form.querySelector("input[name=html]").value = written();
    if (written() || files.children.length) return;
    event.preventDefault();
    say("Write something before you send the reply.");
    editor.focus();
  });
}
