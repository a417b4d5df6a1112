/* The way from a step of a run to Teach, where somebody shows from there on how it is done (docs/teach.md). */

/** Why nothing can be taught here, in words; null where it can. @param {App} app */
function whyNotTeach(app) {
  const { recording, data } = app;
  if (data.source) return "Open the episode in the app to teach from here.";
  if (recording.episode.actor !== "agent") return "This is a demonstration: runs are taught.";
  if (!recording.n) return "There is no step to teach from.";
  return recording.running ? "The run has not ended yet." : null;
}

/** Leave for Teach at the selected step. @param {App} app */
function teachFrom(app) {
  const why = whyNotTeach(app);
  if (why) return app.toast(why);
  const query = new URLSearchParams({ episode: app.data.episode, step: app.recording.columns.uid[app.place] });
  location.assign(`${app.data.root.replace(/\/stepscope$/, "")}/teach?${query}`);
}

/** The button of a step, where it leads somewhere. @param {App} app */
function teachButton(app) {
  if (whyNotTeach(app)) return null;
  const props = { type: "button", class: "pri", data: { act: "teach" }, onclick: () => teachFrom(app) };
  return h("button", props, "Show how it is done from here ", h("kbd", {}, "t"));
}
