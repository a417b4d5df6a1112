"""Label: go through proposed calls on a timeline of thumbnails and decide on each."""

import streamlit as st

from ui.components.label import label_board
from ui.resources import resources
from ui.urls import endpoints

wanted = st.query_params.get("episode")
result = label_board(wanted, resources().guard.token, root=endpoints())
if result.go:
    st.switch_page(f"pages/{result.go}.py")
if result.episode and result.episode != wanted:
    st.query_params["episode"] = result.episode
