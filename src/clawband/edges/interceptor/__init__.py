"""The process that ends TLS, where policy says `inspect`, so that each request can be decided.

It is a process of its own, because it holds the key of an authority that clients here trust. It
opens no connection and decides nothing: the egress proxy hands it both ends of a tunnel and gets
both back as plain streams, and reads, decides and passes on requests like those that came plainly.
"""
