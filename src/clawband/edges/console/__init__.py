"""The console: what an operator sees and does in a browser.

Pages are rendered here, on the server, from Jinja templates that escape everything. They answer one
question each and work without script; three small modules under `static/` make them quick. The
content security policy allows this origin only, and no page holds a script, a style or a handler.

`routes.routes(service, secure=…)` is the whole of it. Every path except `/login`, `/welcome/…` and
`/static/…` needs a sign-in; every form carries the session's token and is refused from another
origin.

- `visit` is one request of somebody who is signed in; `security` and `login` decide who that is.
- `operators` invites, `welcome` makes an account out of an invitation, `me` shows what its owner
  signs in with and where, `prove` asks for the second factor again; `passkeys`, `qr` and `devices`
  help them.
- `words` turns an event into a sentence, `seen` shows hidden characters, `when` tells the time.
- Each page is a module: `now`, `activity`, `events`, `approvals`, `lineage` (what people vouch
  for), `workflows`, `policy`, `controls`; `palette` goes anywhere, and `stream` says that something
  happened, so that an open page looks again.
"""
