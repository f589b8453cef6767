"""The tables of language models: profiles, what is known of servers, the ledger, proposals, prompt styles.

They belong to the same metadata as those in `tables`, and follow the same rules.
"""

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from .tables import metadata

profile = Table(
    "profile",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("created_at", REAL, nullable=False),
    Column("updated_at", REAL, nullable=False),
    sqlite_strict=True,
)

server_fact = Table(
    "server_fact",
    metadata,
    Column("server", Text, primary_key=True),  # the address, or the file of a model
    Column("model", Text, primary_key=True),  # "" for what is true of all of them
    Column("fact", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", REAL, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer),  # no foreign key: what was paid outlives the job
    Column("attempt_id", Integer),
    Column("card_id", Integer),
    Column("character", Text, nullable=False, server_default=text("''")),
    Column("step", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("server", Text, nullable=False, server_default=text("''")),
    Column("model", Text, nullable=False),
    Column("started_at", REAL, nullable=False),
    Column("ended_at", REAL),
    Column("outcome", Text, nullable=False, server_default=text("''")),
    Column("tokens_in", Integer, nullable=False, server_default=text("0")),
    Column("tokens_out", Integer, nullable=False, server_default=text("0")),
    Column("tokens_cached", Integer, nullable=False, server_default=text("0")),
    Column("tokens_reasoning", Integer, nullable=False, server_default=text("0")),
    Column("cost", Text),  # a decimal in US dollars; sums are made in decimals too
    Column("cost_source", Text, nullable=False, server_default=text("'unknown'")),
    Column("estimated_cost", Text),
    Column("request_hash", Text, nullable=False, server_default=text("''")),
    Column("provider_id", Text, nullable=False, server_default=text("''")),
    Column("possibly_billed", Integer, nullable=False, server_default=text("0")),
    Column("resolved", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("tokens_in >= 0 AND tokens_out >= 0", name="tokens_are_natural"),
    sqlite_strict=True,
)
Index("ledger_started", ledger.c.started_at, ledger.c.profile)
Index("ledger_of_job", ledger.c.job_id)
Index("ledger_open", ledger.c.id, sqlite_where=text("ended_at IS NULL"))

proposal = Table(
    "proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("card_id", Integer, ForeignKey("card.id", ondelete="CASCADE"), nullable=False),
    Column("job_id", Integer),
    Column("path", Text, nullable=False),
    Column("body", Text, nullable=False),  # a `domain.checking.Proposal` as JSON
    Column("created_at", REAL, nullable=False),
    Column("closed_at", REAL),
    Column("accepted", Integer),
    CheckConstraint("(closed_at IS NULL) = (accepted IS NULL)", name="closed_iff_decided"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)
Index("proposal_open", proposal.c.card_id, sqlite_where=text("closed_at IS NULL"))
Index("proposal_of_job", proposal.c.job_id)

prompt_style = Table(
    "prompt_style",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("updated_at", REAL, nullable=False),
    sqlite_strict=True,
)
