from odoo.tests import tagged

from .common import TelegramCase


@tagged("post_install", "-at_install")
class TestLinks(TelegramCase):
    """The buttons and counters of partners and orders."""

    def test_a_partner_knows_its_telegram(self):
        self.assertTrue(self.partner.has_telegram)
        self.assertEqual(self.partner.telegram_user_id, self.user)
        second = self.env["telegram.user"].create(
            {"telegram_id": 5, "partner_id": self.partner.id, "is_verified": True}
        )
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.telegram_user_id, second, "the verified one is the main one")
        found = self.env["res.partner"].search([("has_telegram", "=", True), ("id", "=", self.partner.id)])
        self.assertEqual(found, self.partner)
        self.assertFalse(self.env["res.partner"].search([("has_telegram", "!=", True), ("id", "=", self.partner.id)]))

    def test_counters(self):
        self.incoming()
        self.incoming(is_read=True)
        self.assertEqual((self.partner.telegram_message_count, self.partner.telegram_unread_count), (2, 1))

    def test_one_conversation_opens_and_several_are_listed(self):
        action = self.partner.with_user(self.operator).action_open_telegram()
        self.assertEqual((action["res_model"], action["res_id"]), ("telegram.user", self.user.id))
        self.env["telegram.user"].create({"telegram_id": 5, "partner_id": self.partner.id})
        self.partner.invalidate_recordset()
        action = self.partner.action_open_telegram()
        self.assertFalse(action.get("res_id"))
        self.assertEqual(len(action["domain"][0][2]), 2)

    def test_an_order_knows_who_is_told_of_it(self):
        company = self.env["res.partner"].create({"name": "Petrova Ltd", "is_company": True})
        chief = self.env["telegram.user"].create({"telegram_id": 5, "partner_id": company.id})
        self.partner.parent_id = company
        self.incoming()
        orders = self.env["sale.order"].create([{"partner_id": self.partner.id}, {"partner_id": company.id}])
        orders = orders.with_user(self.env.ref("base.user_admin"))
        self.assertEqual(orders[0].telegram_user_ids, self.user | chief)
        self.assertEqual(orders[1].telegram_user_ids, chief)
        self.assertEqual(orders.mapped("telegram_message_count"), [1, 0])
        self.assertEqual(orders[1].action_open_telegram()["res_id"], chief.id)

    def test_users_have_their_partners_fields(self):
        self.user.partner_id = self.employee.partner_id
        self.assertEqual(self.employee.telegram_user_id, self.user)
        self.assertEqual(self.employee.action_open_telegram()["res_id"], self.user.id)

    def test_who_is_deleted_takes_the_conversation_along(self):
        message = self.incoming()
        self.partner.unlink()
        self.assertFalse(message.exists())
