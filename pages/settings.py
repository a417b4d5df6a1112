"""Settings: the model endpoint, prices, fields that are never written down, and the workspace. Keys stay outside."""

import os

import streamlit as st
from pydantic import ValidationError

from flows import settings
from flows.problems import OURS, explained
from flows.record import chords
from llm_client.endpoint import ADDRESSES, KEY
from llm_client.prices import SHIPPED, PriceTableError, load_prices
from ui import catching_up, endpoint_view
from ui.plain import message, plain
from ui.resources import resources
from ui.shell import FORM_WIDTH, open_page

parts = resources()
saved = settings.load(parts)
open_page("Settings")

st.subheader("Model endpoint", anchor=False)
st.caption("Needed for models named openai:…; the embedded model demos needs neither an address nor a key.")
named = next((name for name in ADDRESSES if os.environ.get(name)), None)
if named:
    st.info(plain(f"The environment names the endpoint: {named} = {os.environ[named]}"), icon=":material/terminal:")
with st.form("settings", width=FORM_WIDTH):
    endpoint = st.text_input("Address of an OpenAI-compatible server", saved.model_endpoint, disabled=bool(named))
    model = st.text_input("Model", saved.model, placeholder="the name the server gives it")
    st.caption(f"The key is read from {KEY} and never stored: it is {'set' if os.environ.get(KEY) else 'not set'}.")
    st.subheader("Recording, labelling, Replay", anchor=False)
    redacted = st.text_area(
        "Fields never written down (CSS selectors, one per line)",
        "\n".join(saved.redaction_selectors),
        help="Password fields are always withheld. Values of these fields are withheld in the same way.",
    )
    twice = st.number_input(
        "Demonstrations labelled twice, the second time blind (%)",
        min_value=0,
        max_value=100,
        value=round(100 * saved.blind_share),
        help="Drawn at random. Once somebody has finished one, it waits for another person, who is shown no proposal.",
    )
    tags = st.text_area(
        "Tags of the keys 1 to 9 in Replay (one per line)",
        "\n".join(saved.tags),
        help="At most nine, each up to 80 letters without a comma.",
    )
    if st.form_submit_button("Save", type="primary", icon=":material/save:"):
        lines = tuple(line.strip() for line in redacted.splitlines() if line.strip())
        try:
            made = settings.Settings(
                model_endpoint=endpoint,
                model=model,
                redaction_selectors=lines,
                blind_share=twice / 100,
                tags=tuple(dict.fromkeys(line.strip() for line in tags.splitlines() if line.strip())),
            )
            settings.save(parts, made)
            st.toast("Settings saved", icon=":material/check:")
        except ValidationError:
            st.error(
                "The tags are more than nine, longer than 80 letters, or hold a comma. Nothing was saved; mend them.",
                icon=":material/error:",
            )
        except OURS as error:
            told = f"{explained(error).what} Nothing was saved; correct the address."
            st.error(message(told), icon=":material/error:")

endpoint_view.show(parts, settings.load(parts).model)

st.subheader("Keys while recording", anchor=False)
person = parts.people.name_of(st.context.cookies)
st.caption(f"For {plain(person)}. They are never sent to the page and never become steps. Empty: the usual one.")
kept = chords.load(parts, person)
with st.form("chords", width=FORM_WIDTH):
    columns = st.columns(2)
    wanted = {
        name: columns[place % 2].text_input(chords.NAMES[name], kept[name], key=f"chord_{name}", placeholder=usual)
        for place, (name, usual) in enumerate(chords.DEFAULTS.items())
    }
    if st.form_submit_button("Save keys", type="primary", icon=":material/save:"):
        try:
            chords.save(parts, person, wanted)
            st.toast("Keys saved", icon=":material/check:")
        except OURS as error:
            st.error(message(str(error)), icon=":material/error:")

st.subheader("Prices", anchor=False)
try:
    table = load_prices()
    rows = [
        {"model": name, "in, $ per million tokens": p.tokens_in, "out": p.tokens_out}
        for name, p in table.prices.items()
    ]
    st.caption(f"As of {table.date}, from {os.environ.get('STEPSCOPE_PRICES') or SHIPPED.name}. Others cost “unknown”.")
    if rows:
        st.dataframe(rows, hide_index=True)
except PriceTableError as problem:
    st.warning(message(str(problem)))

st.subheader("Workspace", anchor=False)
st.caption(f"{parts.workspace.root} · set STEPSCOPE_HOME to use another folder.")
if st.button("Make the catalogue again from the files", icon=":material/refresh:"):
    catching_up.begin(parts, again=True)
    st.rerun()
