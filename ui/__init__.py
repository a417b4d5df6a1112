"""Widgets, resources and figures: with `pages/` the only place that knows Streamlit."""
