"""What the server, the page, the published folder and the tools share: what can be asked, and its files."""
