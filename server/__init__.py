"""HTTP and WebSocket endpoints for our components, on the app's own port; routes are given the resources they serve."""
