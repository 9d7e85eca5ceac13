"""Address of a database, queue or file server with a password in it.

Source: RFC 3986 §3.2.1, userinfo. What is found is the password.
"""

from clawband.labels.classifiers import Classifier

_WEAK = {
    "pass",
    "password",
    "postgres",
    "root",
    "secret",
    "user",
    "admin",
    "guest",
    "test",
    "pwd",
    "tiger",
}

CLASSIFIER = Classifier(
    id="database-url",
    tag="secret",
    pattern=(
        r"(?i)\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|oracle"
        r"|cockroachdb|clickhouse|s?ftps?|ssh|smtps?|imaps?|ldaps?|nats|kafka)(?:\+\w+)?"
        r"://[^\s:@/\"'<>]*:([^\s@/\"'<>]{3,})@"
    ),
    confidence=0.9,
    check=lambda value: 0.4 if value.lower() in _WEAK else 1.0,
)
EXAMPLES = (
    "DATABASE_URL=postgresql+psycopg://billing:k4vQ8sXw2Rt7@db.internal:5432/bills",
    "DATABASE_URL=postgresql://billing:${DB_PASSWORD}@db.internal, and postgresql://db.internal/bills",
)
