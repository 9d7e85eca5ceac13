"""Where the record lives. SQLite now; the same schema and contract suite hold PostgreSQL open."""
