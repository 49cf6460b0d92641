import psycopg2

from odoo import _, api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

# What an operator cannot do without.
_FUNCTIONS = ("send_code", "invite_link", "retry")
_VIEWS = ("message_status",)
# The triggers that tell the worker what happens in the addon's tables.
_TRIGGERS = ("tgworker_reply", "tgworker_user", "tgworker_configuration")


class TelegramWorker(models.AbstractModel):
    """The door to schema `tgworker`: the only place that knows its SQL.

    All that talks to Telegram is done by the program tgworker, which shares the database with Odoo. Its schema may be
    missing, incomplete or older than the addon; nobody may notice but who presses a button.
    """

    _name = "telegram.worker"
    _description = "Telegram worker"

    # -- what is installed

    @api.model
    def _has_view(self, name):
        """Whether a view of the schema is there for us. The catalog is asked, because a cast to regclass may fail."""
        self.env.cr.execute(
            """
            SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'tgworker' AND c.relname = %s
                AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            """,
            [name],
        )
        return bool(self.env.cr.rowcount)

    @api.model
    def _problem(self):
        """Why the buttons cannot work, in words that name the remedy; False when they can."""
        self.env.cr.execute(
            """
            SELECT
                EXISTS (SELECT FROM pg_namespace WHERE nspname = 'tgworker'),
                (SELECT count(DISTINCT p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = 'tgworker' AND p.proname = ANY(%(functions)s)
                    AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')),
                (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname = 'tgworker' AND c.relname = ANY(%(views)s)
                    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')),
                (SELECT count(*) FROM pg_trigger t WHERE t.tgname = ANY(%(triggers)s) AND t.tgrelid IN (
                    'telegram_message'::regclass, 'telegram_user'::regclass, 'telegram_bot_config'::regclass))
            """,
            {"functions": list(_FUNCTIONS), "views": list(_VIEWS), "triggers": list(_TRIGGERS)},
        )
        is_installed, functions, views, triggers = self.env.cr.fetchone()
        if not is_installed:
            return _(
                "Telegram is not connected to this database yet. "
                "The database administrator has to run “tgworker install-sql” once, and then “tgworker run”."
            )
        if functions < len(_FUNCTIONS) or views < len(_VIEWS):
            return self._outdated()
        if triggers < len(_TRIGGERS):
            return _(
                "tgworker does not watch Odoo's Telegram tables, because they were made after it was installed. "
                "The database administrator has to run “tgworker install-sql” again."
            )
        return False

    @api.model
    def _outdated(self):
        return _(
            "The SQL of tgworker in this database is older than this addon, or closed to Odoo. "
            "The database administrator has to run “tgworker install-sql” of the current version."
        )

    @api.model
    def _has_function(self, name):
        """Whether a function of the schema is there for us."""
        self.env.cr.execute(
            """
            SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'tgworker' AND p.proname = %s
                AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
            """,
            [name],
        )
        return bool(self.env.cr.rowcount)

    @api.model
    def _require(self):
        """Fails with the remedy when the buttons cannot work."""
        problem = self._problem()
        if problem:
            raise UserError(problem)

    # -- what it does

    @api.model
    def _call(self, function, *arguments):
        """The result of a function of the schema. What it refuses becomes the words that the operator reads."""
        self._require()
        if not self._has_function(function):
            raise UserError(self._outdated())
        placeholders = ", ".join(["%s"] * len(arguments))
        # The name is one of ours, never input.
        query = f"SELECT tgworker.{function}({placeholders})"
        try:
            # Flushes too: the function sees what was just written.
            with self.env.cr.savepoint():
                self.env.cr.execute(query, arguments, log_exceptions=False)
                return self.env.cr.fetchone()[0]
        except psycopg2.Error as error:
            if error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY:
                raise
            raise UserError(self._explain(error)) from error

    @api.model
    def _explain(self, error):
        """An error of PostgreSQL in one or two lines."""
        diagnostics = error.diag
        lines = [diagnostics.message_primary or str(error), diagnostics.message_hint]
        return "\n".join(line for line in lines if line)

    @api.model
    def _send_code(self, telegram_user):
        """Asks for the verification code to be sent; False when there is nobody to send it to."""
        return self._call("send_code", telegram_user.id)

    @api.model
    def _invite_link(self, partner):
        """A link that identifies whoever opens it first as this partner."""
        return self._call("invite_link", partner.id)

    @api.model
    def _request_webhook(self, configuration, action):
        """Asks for the webhook to be set or deleted; the answer comes later, in `_bot_states`."""
        self._call("request_webhook", configuration.id, action)

    @api.model
    def _retry(self, outbox_id):
        """Sends again; False when there is nothing to send again."""
        return self._call("retry", outbox_id)

    # -- what it tells

    @api.model
    def _message_states(self, message_ids):
        """(state, reason, outbox id) by id of telegram.message, of those that went through the outbox."""
        if not message_ids or not self._has_view("message_status"):
            return {}
        self.env.cr.execute(
            """
            SELECT telegram_message_id, state, reason, outbox_id
            FROM tgworker.message_status WHERE telegram_message_id = ANY(%s)
            """,
            [list(message_ids)],
        )
        # Fetched before anything is translated, because that may use the cursor.
        rows = self.env.cr.fetchall()
        phrases = self._phrases()
        return {
            message_id: (state, self._in_words(reason, phrases), outbox_id)
            for message_id, state, reason, outbox_id in rows
        }

    @api.model
    def _phrases(self):
        """What the worker says most when a message did not arrive, in the reader's language."""
        return {
            "the customer has blocked the bot": _("the customer has blocked the bot"),
            "the customer's Telegram account is deleted": _("the customer's Telegram account is deleted"),
            "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong": _(
                "Telegram knows no such chat: the customer has never written to the bot, or the id is wrong"
            ),
            "the customer has never written to the bot, and a bot may not write first": _(
                "the customer has never written to the bot, and a bot may not write first"
            ),
            "Telegram refuses the message": _("Telegram refuses the message"),
            "Telegram asks to wait": _("Telegram asks to wait"),
            "Telegram does not accept the bot token": _("Telegram does not accept the bot token"),
            "Telegram was not reached": _("Telegram was not reached"),
            "no proper answer from Telegram": _("no proper answer from Telegram"),
            "look whether the customer has the message": _("look whether the customer has the message"),
            "the message that this one answers is gone": _("the message that this one answers is gone"),
            "discarded by an operator": _("discarded by an operator"),
        }

    @api.model
    def _in_words(self, reason, phrases):
        """A reason with the phrases that are known translated; the rest, as Telegram's own words, stays as it is."""
        for phrase, translation in phrases.items():
            reason = reason and reason.replace(phrase, translation)
        return reason

    @api.model
    def _messages_in_states(self, states):
        """The ids of telegram.message in these states, as a query and its parameters; False is the state of the rest.

        The worker knows of some. Of the others, those that have Telegram's id were sent.
        """
        self.env["telegram.message"].flush_model(["direction", "message_id"])
        was_sent = "direction = 'outgoing' AND coalesce(message_id, 0) <> 0"
        queries, parameters, unknown = ["SELECT NULL::int WHERE false"], [], ""
        if self._has_view("message_status"):
            queries.append("SELECT telegram_message_id FROM tgworker.message_status WHERE state = ANY(%s)")
            parameters.append([state for state in states if state])
            unknown = "AND NOT EXISTS (SELECT FROM tgworker.message_status s WHERE s.telegram_message_id = m.id)"
        if "sent" in states:
            queries.append(f"SELECT id FROM telegram_message m WHERE ({was_sent}) {unknown}")
        if False in states:
            queries.append(f"SELECT id FROM telegram_message m WHERE ({was_sent}) IS NOT TRUE {unknown}")
        return " UNION ALL ".join(queries), parameters

    @api.model
    def _bot_states(self, configuration_ids):
        """The bot's name and what became of the last request for a webhook, by id of telegram.bot.config."""
        if not configuration_ids or not self._has_view("bot_status"):
            return {}
        self.env.cr.execute(
            """
            SELECT bot_config_id, username, webhook_action, webhook_ok, webhook_answer,
                date_trunc('second', webhook_requested_at AT TIME ZONE 'UTC') AS webhook_requested_at,
                date_trunc('second', webhook_answered_at AT TIME ZONE 'UTC') AS webhook_answered_at
            FROM tgworker.bot_status WHERE bot_config_id = ANY(%s)
            """,
            [list(configuration_ids)],
        )
        return {row["bot_config_id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _worker_state(self):
        """How the worker does: one for the database; {} when nobody can tell."""
        if not self._has_view("worker_status"):
            return {}
        self.env.cr.execute(
            """
            SELECT sender_alive, sender, instances, waiting, last_error,
                date_trunc('second', oldest_waiting_since AT TIME ZONE 'UTC') AS oldest_waiting_since,
                date_trunc('second', paused_until AT TIME ZONE 'UTC') AS paused_until,
                date_trunc('second', last_error_at AT TIME ZONE 'UTC') AS last_error_at
            FROM tgworker.worker_status
            """
        )
        return self.env.cr.dictfetchone() or {}

    @api.model
    def _invitation_hours(self):
        """How long an invitation is good for."""
        self.env.cr.execute(
            "SELECT coalesce(value, default_value) FROM tgworker.setting WHERE name = 'invite_hours'"
        )
        row = self.env.cr.fetchone()
        return int(row[0]) if row else 168
