/* Files of the person's own machine for the page: by the page's chooser, or dropped on the canvas. */

const MOST_BYTES = 10 * 1024 * 1024;

function fileBox(message, reply) {
  const most = message.most || MOST_BYTES;
  const said = h("div", { class: "warn", role: "alert" });
  const input = h("input", {
    type: "file",
    multiple: message.multiple,
    accept: message.accept || null,
    webkitdirectory: message.folder,
    "aria-label": message.folder ? "Folder for the page" : "Files for the page",
  });
  const { ok, row } = buttons("Give to the page", "Cancel", () => reply(null));
  ok.disabled = true;
  const check = () => {
    const problem = tooMuch([...input.files], most);
    fill(said, problem && `${problem} Choose smaller ones.`);
    ok.disabled = !input.files.length || Boolean(problem);
  };
  input.addEventListener("change", check);
  const submit = async () => {
    ok.disabled = true;
    fill(ok, "Sending …");
    try {
      reply(await Promise.all([...input.files].map((file) => encoded(file, message.folder))));
    } catch (error) {
      fill(ok, "Give to the page");
      fill(said, `A file could not be read: ${error.message}. Nothing was sent; choose it again.`);
    }
  };
  const what = message.folder ? "a folder" : message.multiple ? "files" : "a file";
  const title = message.name ? `Choose ${what} for ${message.name}` : `The page asks for ${what}`;
  const where = h("p", { class: "dim" }, "They are read from this computer and given to the page, not kept.");
  const element = sheet({ title, escape: () => reply(null) }, form(submit, input, where, said, row));
  return { element, focus: input };
}

function tooMuch(files, most) {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const mb = (bytes) => (bytes / 1048576).toFixed(bytes % 1048576 ? 1 : 0);
  return size > most ? `These files are ${mb(size)} MB together; at most ${mb(most)} MB can be given.` : "";
}

/** A size as people say it. */
function bytesText(size) {
  if (size < 1024) return `${size} bytes`;
  return size < 1048576 ? `${Math.round(size / 1024)} kB` : `${(size / 1048576).toFixed(1)} MB`;
}

/** @returns {Promise<{name: string, base64: string}>} with the path below the chosen folder, if there is one */
function encoded(file, folder = false) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () =>
      resolve({
        name: (folder && file.webkitRelativePath) || file.name,
        base64: reader.result.slice(reader.result.indexOf(",") + 1),
      });
    reader.readAsDataURL(file);
  });
}

/** Files dragged from the desktop onto the canvas are dropped on the page. */
function listenForFiles({ canvas, screen, send, refuse }, signal) {
  const mark = (on) => canvas.parentElement.classList.toggle("dropping", on);
  const over = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(true);
  };
  const drop = async (event) => {
    event.preventDefault();
    mark(false);
    const point = screen.point(event);
    const frame = screen.shown;
    const folders = [...event.dataTransfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
    const files = [...event.dataTransfer.files];
    if (folders) return refuse("A folder was dropped on the page", "Only files can be dropped; drop what is in it.");
    const problem = tooMuch(files, MOST_BYTES);
    if (problem) return refuse(`Files dropped on the page were too large: ${problem}`, "Drop smaller ones.");
    try {
      const bodies = await Promise.all(files.map((file) => encoded(file)));
      if (bodies.length) send({ type: "drop", ...point, frame, files: bodies });
    } catch (error) {
      refuse(`A dropped file could not be read: ${error.message}`, "Drop it again.");
    }
    return undefined;
  };
  canvas.addEventListener("dragover", over, { signal });
  canvas.addEventListener("dragleave", () => mark(false), { signal });
  canvas.addEventListener("drop", drop, { signal });
}
