from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common import TelegramCase

_SECRETS = ("bot_token", "webhook_secret", "webhook_url")


@tagged("post_install", "-at_install")
class TestRights(TelegramCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bot = cls.env["telegram.bot.config"].create({"bot_name": "Shop", "bot_token": "123:abc"})
        cls.message = cls.incoming()

    def test_an_employee_sees_nothing_of_it(self):
        for record in (self.bot, self.user, self.message):
            with self.assertRaises(AccessError):
                record.with_user(self.employee).read()
        with self.assertRaises(AccessError):
            self.user.with_user(self.employee).read(["verification_code"])
        with self.assertRaises(AccessError):
            self.partner.with_user(self.employee).action_telegram_invite()
        self.assertNotIn("telegram_user_ids", self.partner.with_user(self.employee).read()[0])
        self.assertNotIn("has_telegram", self.env["res.users"].with_user(self.employee).fields_get())

    def test_an_employee_works_with_partners_and_orders(self):
        partner = self.partner.with_user(self.employee)
        order = self.env["sale.order"].with_user(self.employee).create({"partner_id": partner.id})
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertNotIn("telegram", partner.get_view(view_type="form")["arch"])

    def test_an_operator_sees_no_secret_and_changes_no_configuration(self):
        bot = self.bot.with_user(self.operator)
        self.assertEqual(bot.bot_name, "Shop")
        for name in _SECRETS:
            self.assertNotIn(name, bot.read()[0])
            with self.assertRaises(AccessError):
                bot.read([name])
        for attempt in (
            lambda: bot.write({"bot_name": "Mine"}),
            lambda: bot.create({"bot_name": "Mine"}),
            bot.unlink,
            bot.action_set_webhook,
            bot.action_delete_webhook,
            bot.action_generate_secret,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_an_operator_serves_customers(self):
        user = self.user.with_user(self.operator)
        self.assertEqual(len(user.verification_code), 6)
        user.username = "masha"
        self.message.with_user(self.operator).is_read = True
        for record in (user, self.message.with_user(self.operator)):
            with self.assertRaises(AccessError):
                record.unlink()

    def test_an_administrator_configures(self):
        bot = self.bot.with_user(self.administrator)
        self.assertEqual(bot.bot_token, "123:abc")
        bot.write({"bot_token": "456:def", "use_webhook": True})
        self.assertTrue(self.administrator.has_group("telegram_bot.group_telegram_operator"))
        self.assertTrue(self.env.ref("base.user_admin").has_group("telegram_bot.group_telegram_administrator"))

    def test_the_companys_customers_only(self):
        company = self.env["res.company"].create({"name": "Another company"})
        elsewhere = new_test_user(
            self.env,
            "telegram_elsewhere",
            "base.group_user,telegram_bot.group_telegram_operator",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        user, message = self.user.with_user(elsewhere), self.message.with_user(elsewhere)
        self.assertTrue(user.search_count([("id", "=", user.id)]), "a partner of no company is everybody's")
        self.partner.company_id = self.env.company
        self.assertFalse(user.search_count([("id", "=", user.id)]))
        self.assertFalse(message.search_count([("id", "=", message.id)]))
        with self.assertRaises(AccessError):
            user.conversation_load()
        with self.assertRaises(AccessError):
            message.action_send_again()
        self.assertEqual(self.user.with_user(self.operator).conversation_load()["customer"], "Maria Petrova")

    def test_all_models_have_rights_and_no_employee_has_any(self):
        models = self.env["ir.model"].search([("model", "=like", "telegram.%")])
        self.assertEqual(len(models), 6)
        for model in models.filtered(lambda model: not self.env[model.model]._abstract):
            self.assertTrue(model.access_ids, model.model)
            groups = model.access_ids.group_id
            self.assertEqual(len(model.access_ids.filtered("group_id")), len(model.access_ids))
            self.assertLessEqual(
                groups,
                self.env.ref("telegram_bot.group_telegram_operator")
                | self.env.ref("telegram_bot.group_telegram_administrator"),
            )
