from odoo.tests.common import TransactionCase, new_test_user

# Above 2^31, as the ids of new accounts are.
BIG_ID = 7_000_000_001


class TelegramCase(TransactionCase):
    """A customer who has a Telegram account, an operator, an administrator and a plain user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, lang="en_US"))
        cls.operator = new_test_user(
            cls.env, "telegram_operator", "base.group_user,telegram_bot.group_telegram_operator", name="Olga Operator"
        )
        cls.administrator = new_test_user(
            cls.env, "telegram_administrator", "base.group_user,telegram_bot.group_telegram_administrator"
        )
        cls.employee = new_test_user(cls.env, "telegram_employee", "base.group_user,sales_team.group_sale_salesman")
        cls.partner = cls.env["res.partner"].create({"name": "Maria Petrova"})
        cls.user = cls.env["telegram.user"].create(
            {"telegram_id": BIG_ID, "partner_id": cls.partner.id, "first_name": "Maria", "last_name": "Petrova"}
        )
        cls.env["telegram.bot.config"].with_context(active_test=False).search([]).active = False

    @classmethod
    def incoming(cls, text="Hello", user=None, **values):
        """What a customer wrote, as the worker enters it."""
        return cls.env["telegram.message"].create(
            {
                "telegram_user_id": (user or cls.user).id,
                "message_id": 1,
                "direction": "incoming",
                "text": text,
                **values,
            }
        )

    @classmethod
    def has_sql(cls):
        """Whether `tgworker install-sql` has been run here."""
        cls.env.cr.execute("SELECT to_regclass('tgworker.outbox') IS NOT NULL")
        return cls.env.cr.fetchone()[0]

    def need_sql(self):
        if not self.has_sql():
            self.skipTest("schema tgworker is not installed in this database: run tgworker install-sql")

    def without_sql(self):
        """Hides the schema until the test's transaction is rolled back."""
        if self.has_sql():
            self.env.cr.execute("ALTER SCHEMA tgworker RENAME TO tgworker_hidden")

    def finish(self, message, outcome, reason=None):
        """What the sender does when it is done with a message."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH gone AS (DELETE FROM tgworker.outbox WHERE kind = 'reply' AND source_id = %s RETURNING *)
            INSERT INTO tgworker.delivery (outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event,
                outcome, reason, attempts, in_doubt, enqueued_at)
            SELECT id, kind, priority, chat_id, telegram_user_id, source_id, event, %s, %s, 1, 0, enqueued_at FROM gone
            """,
            [message.id, outcome, reason],
        )
        self.env.invalidate_all()
