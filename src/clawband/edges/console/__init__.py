"""The console: server-rendered pages behind a login, one file per page."""
