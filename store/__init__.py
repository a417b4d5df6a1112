"""Where things are kept: the workspace folder and database, episode files and blobs. Rows and bytes, no meaning."""
