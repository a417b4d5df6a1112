"""The router and, for the server, the ASGI app; nothing else.

`streamlit run app.py` and `uvicorn app:app` both work: the server imports this file as a module, every visitor's
script run executes it as `__main__`.
"""

import streamlit as st

if __name__ == "__main__":
    from ui.shell import run

    run()
else:
    from ui.serving import lifespan, our_middleware, our_routes, use_navigation_only

    use_navigation_only()
    app = st.App(__file__, routes=our_routes(), middleware=our_middleware(), lifespan=lifespan)
