/* What a model thinks of the episode (docs/signals.md): two opinions, whether they differ, and the words they rest on. */

/** The opinions, folded until somebody opens them, for they only suggest; null where no model was asked.
 * @param {App["recording"]} recording @param {{opinionOpen: boolean, onStep: (place: number) => void}} ports */
function opinionPanel(recording, ports) {
  const { judge } = recording.findings;
  if (!judge || !judge.opinions.length) return null;
  return h(
    "details",
    { class: "opinion", open: Boolean(ports.opinionOpen), ontoggle: (event) => (ports.opinionOpen = event.target.open) },
    h("summary", {}, `A model's opinion: ${opinionSummary(judge)}`),
    judge.opinions.map((one) => opinionSaid(one, recording, ports.onStep)),
    judge.rejected.map((why) => h("p", { class: "dim" }, `Another was not counted: ${why}`)),
    h("p", { class: "dim" }, `By ${judge.model}, asked for by command. A suggestion: it changes no blame and no count.`),
  );
}

function opinionSummary({ opinions, agree }) {
  if (agree === false) return "asked twice, it says two things";
  const [{ outcome, blamed }] = opinions;
  return `${outcome}, ${blamed} to blame${agree ? ", both times" : ""}`;
}

function opinionSaid(one, recording, onStep) {
  const to = (seq, text) => {
    const place = recording.columns.seq.indexOf(seq);
    return place < 0 ? text : h("button", { type: "button", class: "link", onclick: () => onStep(place) }, text);
  };
  const frame = recording.frames[recording.index.get(one.frame) ?? -1];
  return h(
    "section",
    { "aria-label": `Opinion: ${one.outcome}` },
    h("b", {}, sentenceCase(one.outcome)),
    ` · blame: ${one.blamed}${frame ? `, in ${shorten(frame.policy, 40)}` : ""} · `,
    to(one.first, stretch(one.first, one.last)),
    h("span", { class: "dim" }, ` (${one.confidence} confidence)`),
    h("div", {}, one.said),
    h("ul", { class: "plain" }, one.quotes.map((quote) => h("li", {}, `“${quote.text}” `, to(quote.step, stretch(quote.step, quote.step))))),
  );
}
