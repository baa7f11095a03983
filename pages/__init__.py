"""The pages. Streamlit makes a page of every other file of this folder; what they draw with is in `ui`."""
