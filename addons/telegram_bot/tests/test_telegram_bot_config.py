from odoo.exceptions import UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common import TelegramCase


@tagged("post_install", "-at_install")
class TestTelegramBotConfig(TelegramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bot = cls.env["telegram.bot.config"].create({"bot_name": "Shop", "bot_token": " 123:abc\n"})

    def test_there_is_a_bot_to_configure(self):
        self.assertTrue(self.env["telegram.bot.config"].with_context(active_test=False).search_count([]))

    def test_a_new_bot_has_a_secret_and_is_off(self):
        self.assertFalse(self.bot.active)
        self.assertRegex(self.bot.webhook_secret, r"^[\w-]{40,}$")
        self.assertEqual(self.bot.bot_token, "123:abc", "what a paste brings around the token is left out")

    def test_a_new_secret_is_another_one(self):
        before = self.bot.webhook_secret
        self.bot.action_generate_secret()
        self.assertNotEqual(self.bot.webhook_secret, before)
        self.assertTrue(self.bot.webhook_url.endswith(f"/telegram/webhook/{self.bot.webhook_secret}"))

    def test_a_copy_has_neither_token_nor_secret_of_the_bot(self):
        copy = self.bot.copy()
        self.assertFalse(copy.bot_token)
        self.assertNotEqual(copy.webhook_secret, self.bot.webhook_secret)

    def test_one_bot_is_active(self):
        self.bot.active = True
        with self.assertRaisesRegex(ValidationError, "Another bot is active"):
            self.env["telegram.bot.config"].create({"bot_name": "Second", "bot_token": "1:a", "active": True})

    def test_an_active_bot_has_a_token(self):
        with self.assertRaisesRegex(ValidationError, "needs the token"):
            self.bot.write({"active": True, "bot_token": False})

    def test_who_is_chosen_as_an_operator_gets_the_rights(self):
        self.assertFalse(self.employee.has_group("telegram_bot.group_telegram_operator"))
        self.bot.with_user(self.administrator).operator_user_ids = self.employee
        self.assertTrue(self.employee.has_group("telegram_bot.group_telegram_operator"))

    def test_portal_users_are_no_operators(self):
        portal = new_test_user(self.env, "telegram_portal", "base.group_portal")
        with self.assertRaisesRegex(ValidationError, "internal users"):
            self.bot.operator_user_ids = portal
        self.assertFalse(portal.has_group("telegram_bot.group_telegram_operator"))

    def test_the_menu_opens_the_one_bot(self):
        bots = self.env["telegram.bot.config"].with_context(active_test=False)
        bots.search([("id", "!=", self.bot.id)]).unlink()
        self.assertEqual(bots.action_open()["res_id"], self.bot.id)
        bots.create({"bot_name": "Second"})
        self.assertFalse(bots.action_open().get("res_id"))

    def test_without_the_sql_the_form_and_its_buttons_name_the_command(self):
        self.without_sql()
        self.bot.invalidate_recordset()
        self.assertIn("tgworker install-sql", self.bot.problem)
        self.assertFalse(self.bot.worker_state or self.bot.webhook_state)
        for button in (self.bot.action_set_webhook, self.bot.action_delete_webhook):
            with self.assertRaisesRegex(UserError, "tgworker install-sql"):
                button()

    def test_the_webhook_is_asked_for_and_the_answer_is_shown(self):
        self.need_sql()
        if not self.env["telegram.worker"]._has_function("request_webhook"):
            self.skipTest("the SQL in this database has no tgworker.request_webhook()")
        bot = self.bot.with_user(self.administrator)
        self.assertFalse(bot.webhook_state)
        bot.action_set_webhook()
        self.assertEqual(bot.webhook_state, "waiting")
        self.env.cr.execute(
            """
            UPDATE tgworker.webhook_request SET answered_at = now(), ok = false, answer = 'Telegram says no'
            WHERE bot_config_id = %s
            """,
            [bot.id],
        )
        bot.invalidate_recordset()
        self.assertEqual((bot.webhook_state, bot.webhook_answer), ("failed", "Telegram says no"))
        self.assertIn(bot.worker_state, ("running", "stopped"))
        self.assertRegex(bot.worker_waiting, r"^[\d,]+")

    def test_a_webhook_needs_a_token(self):
        self.bot.bot_token = False
        with self.assertRaisesRegex(UserError, "token"):
            self.bot.action_set_webhook()

    def test_neutralized_it_knows_no_token(self):
        self.bot.active = True
        self.env.flush_all()
        for query in get_neutralization_queries(["telegram_bot"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual((self.bot.active, self.bot.bot_token, self.bot.webhook_secret), (False, "", ""))
