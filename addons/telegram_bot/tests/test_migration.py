import importlib.util

from odoo.modules.module import get_module_path
from odoo.tests import tagged

from .common import TelegramCase


def script(name):
    path = f"{get_module_path('telegram_bot')}/migrations/17.0.2.0.0/{name}-migration.py"
    specification = importlib.util.spec_from_file_location(f"telegram_bot_{name}", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestMigration(TelegramCase):
    """What the scripts do to the rows and records of 17.0.1.x. The whole upgrade is run by `make test-odoo`."""

    def test_on_a_new_database_they_do_nothing(self):
        script("pre").migrate(self.env.cr, None)
        script("post").migrate(self.env.cr, None)

    def test_twice_is_as_good_as_once(self):
        for _time in range(2):
            script("pre").migrate(self.env.cr, "17.0.1.0.0")
            script("post").migrate(self.env.cr, "17.0.1.0.0")
        self.assertTrue(self.env.ref("telegram_bot.view_telegram_user_form").active)

    def test_the_polling_goes_and_other_scheduled_actions_stay(self):
        model = self.env["ir.model"]._get("telegram.bot.config")
        cron = self.env["ir.cron"].create(
            {"name": "Poll", "model_id": model.id, "state": "code", "code": "model.poll()", "interval_type": "minutes"}
        )
        other = self.env["ir.cron"].create(
            {"name": "Other", "model_id": self.env["ir.model"]._get("res.partner").id, "state": "code", "code": "pass"}
        )
        self.env.flush_all()
        script("pre").remove_polling(self.env.cr)
        self.env.invalidate_all()
        self.assertFalse(cron.exists())
        self.assertTrue(other.exists())

    def test_a_field_that_is_gone_is_forgotten_and_its_column_stays(self):
        self.env.cr.execute("ALTER TABLE telegram_message ADD crm_lead_id int4")
        model = self.env["ir.model"]._get("telegram.message")
        self.env.cr.execute(
            """
            INSERT INTO ir_model_fields (model_id, model, name, ttype, field_description, state, store)
            VALUES (%s, 'telegram.message', 'crm_lead_id', 'many2one', '{"en_US": "Lead"}', 'base', true) RETURNING id
            """,
            [model.id],
        )
        field_id = self.env.cr.fetchone()[0]
        self.env["ir.model.data"].create(
            {
                "module": "telegram_bot",
                "name": "field_telegram_message__crm_lead_id",
                "model": "ir.model.fields",
                "res_id": field_id,
            }
        )
        script("post").keep_columns(self.env)
        self.env.invalidate_all()
        self.assertFalse(self.env["ir.model.fields"].search([("id", "=", field_id)]))
        self.assertFalse(self.env["ir.model.data"].search([("name", "=", "field_telegram_message__crm_lead_id")]))
        self.env.cr.execute("SELECT crm_lead_id FROM telegram_message")
        self.assertTrue(self.env["ir.model.fields"]._get("telegram.message", "text"), "the others are still known")

    def test_rows_are_completed(self):
        self.env.cr.execute(
            """
            INSERT INTO telegram_user (telegram_id, partner_id, username) VALUES (5, %s, 'masha') RETURNING id
            """,
            [self.partner.id],
        )
        user = self.env["telegram.user"].browse(self.env.cr.fetchone()[0])
        self.env.cr.execute(
            """
            INSERT INTO telegram_message (telegram_user_id, message_id, direction, text, message_date)
            VALUES (%(user)s, 1, 'incoming', 'Hello', '2024-01-01'), (%(user)s, 2, 'outgoing', 'Hello', '2024-01-02')
            """,
            {"user": user.id},
        )
        script("post").complete_users(self.env.cr)
        script("post").complete_messages(self.env.cr)
        self.env.invalidate_all()
        self.assertEqual((user.chat_id, user.display_name), (5, "@masha"))
        self.assertEqual(str(user.last_message_date), "2024-01-01 00:00:00")
        self.assertEqual(user.message_ids.partner_id, self.partner)
        self.assertEqual(user.unread_count, 1)
        self.assertTrue(user.message_ids.filtered(lambda message: message.direction == "outgoing").is_read)

    def test_operators_keep_their_work(self):
        bot = self.env["telegram.bot.config"].create({"bot_name": "Shop"})
        self.env.cr.execute("INSERT INTO telegram_bot_operator_rel VALUES (%s, %s)", [bot.id, self.employee.id])
        self.env.invalidate_all()
        script("post").migrate(self.env.cr, "17.0.1.0.0")
        self.env.invalidate_all()
        self.assertTrue(self.employee.has_group("telegram_bot.group_telegram_operator"))
