from lxml import etree

from odoo.tests import HttpCase, tagged

from .common import TelegramCase

_MODELS = ("telegram.user", "telegram.message", "telegram.bot.config", "telegram.message.wizard", "telegram.invitation")


@tagged("post_install", "-at_install")
class TestScreens(TelegramCase, HttpCase):
    def test_all_views_are_valid(self):
        views = self.env["ir.ui.view"].search([("model", "in", _MODELS)])
        self.assertGreaterEqual(len(views), 9)
        for view in views:
            view._check_xml()

    def test_ids_are_shown_as_ids(self):
        arch = etree.fromstring(self.env["telegram.user"].get_view(view_type="form")["arch"])
        (field,) = arch.xpath("//field[@name='telegram_id']")
        self.assertEqual(field.get("widget"), "telegram_id")

    def test_an_operator_reads_and_answers(self):
        self.incoming("When is my order delivered?")
        self.start_tour("/web", "telegram_bot_conversation", login=self.operator.login, timeout=120)
        self.assertEqual(self.user.unread_count, 0)
        answer = self.env["telegram.message"].search(
            [("telegram_user_id", "=", self.user.id), ("direction", "=", "outgoing")]
        )
        if self.has_sql():
            self.assertEqual((answer.text, answer.user_id), ("Tomorrow <b>morning</b>", self.operator))
        else:
            self.assertFalse(answer)

    def test_an_administrator_configures(self):
        self.env["telegram.bot.config"].with_context(active_test=False).search([]).unlink()
        bot = self.env["telegram.bot.config"].create({"bot_name": "Shop", "bot_token": "123:abc"})
        secret = bot.webhook_secret
        self.start_tour("/web", "telegram_bot_configuration", login=self.administrator.login, timeout=120)
        bot.invalidate_recordset()
        self.assertNotEqual(bot.webhook_secret, secret)
