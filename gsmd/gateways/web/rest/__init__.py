"""REST: the methods of the socket under HTTP, derived from the table of methods.

Theory of operation
-------------------

`routes` is a table: a row says under which HTTP method and path which method of `gsmd.protocol` is to be had, and
with which status it succeeds. All else follows from the two rows: which parameters stand in the path, the query
and the body (`parameters`), which roles and which narrowing of a token they need (`narrowing`), the answer
(`answers`), its errors (`problems`) and the OpenAPI document (`openapi`). What is no plain call (a wait, a pull for
shells, the stream of events, figures as CSV) is a function beside the row, in a file of its own.

A request goes through `app.Rest`: who is it, which route, may they, what are the parameters, is that within the
token's narrowing, ask the daemon, answer. Nothing about a route is worked out during a request: router and readers
are built once, from the table.
"""
