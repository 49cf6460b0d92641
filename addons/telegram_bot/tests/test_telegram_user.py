from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import BIG_ID, TelegramCase


@tagged("post_install", "-at_install")
class TestTelegramUser(TelegramCase):
    def test_the_chat_is_the_persons_and_the_code_has_six_digits(self):
        self.assertEqual(self.user.chat_id, BIG_ID)
        self.assertRegex(self.user.verification_code, r"^\d{6}$")

    def test_the_form_fills_the_chat_in(self):
        form = Form(self.env["telegram.user"])
        form.telegram_id = BIG_ID + 1
        form.partner_id = self.partner
        user = form.save()
        self.assertEqual(user.chat_id, BIG_ID + 1)
        user.telegram_id = BIG_ID + 2
        self.assertEqual(user.chat_id, BIG_ID + 2, "a mistyped id takes the chat along")
        user.chat_id = 99
        user.telegram_id = BIG_ID + 3
        self.assertEqual(user.chat_id, 99)

    def test_names(self):
        user = self.env["telegram.user"].create({"telegram_id": 5, "partner_id": self.partner.id})
        self.assertEqual(user.display_name, "ID: 5")
        user.username = "masha"
        self.assertEqual(user.display_name, "@masha")
        user.last_name = "Petrova"
        self.assertEqual(user.display_name, "Petrova")
        self.env.flush_all()
        self.env.cr.execute("SELECT display_name FROM telegram_user WHERE id = %s", [user.id])
        self.assertEqual(self.env.cr.fetchone(), ("Petrova",), "it is stored")

    def test_big_ids_are_int8_columns_and_are_found(self):
        self.env.cr.execute(
            """
            SELECT DISTINCT udt_name FROM information_schema.columns
            WHERE (table_name, column_name) IN (
                ('telegram_user', 'telegram_id'), ('telegram_user', 'chat_id'), ('telegram_message', 'message_id'))
            """
        )
        self.assertEqual(self.env.cr.fetchall(), [("int8",)])
        users = self.env["telegram.user"]
        self.assertEqual(users.search([("telegram_id", "=", BIG_ID)]), self.user)
        self.assertEqual(users.search([("telegram_id", "=", float(BIG_ID))]), self.user)

    def test_a_telegram_id_is_there_once(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["telegram.user"].create({"telegram_id": BIG_ID, "partner_id": self.partner.id})

    def test_a_telegram_id_is_positive(self):
        with self.assertRaises(ValidationError):
            self.env["telegram.user"].create({"telegram_id": -5, "partner_id": self.partner.id})

    def test_counts_and_search_of_unread(self):
        other = self.env["telegram.user"].create({"telegram_id": 5, "partner_id": self.partner.id})
        self.incoming("First")
        self.incoming("Second\nline", message_date="2030-01-01 00:00:00")
        self.incoming("Read", user=other, is_read=True)
        users = self.user | other
        with self.assertQueryCount(3):
            users.mapped("message_count")
            users.mapped("last_text")
        self.assertEqual((self.user.message_count, self.user.unread_count), (2, 2))
        self.assertEqual(self.user.last_text, "Second line")
        found = self.env["telegram.user"].search([("unread_count", ">", 0), ("id", "in", users.ids)])
        self.assertEqual(found, self.user)
        found = self.env["telegram.user"].search([("unread_count", "=", 0), ("id", "in", users.ids)])
        self.assertEqual(found, other)

    def test_whoever_verifies_by_hand_leaves_a_date(self):
        self.user.is_verified = True
        self.assertTrue(self.user.verified_date)
        self.user.action_revoke()
        self.assertFalse(self.user.is_verified or self.user.verified_date)
        self.assertRegex(self.user.verification_code, r"^\d{6}$")

    def test_without_the_sql_every_button_names_the_command(self):
        self.without_sql()
        self.assertIn("tgworker install-sql", self.user.problem)
        buttons = (
            self.user.action_send_code,
            self.user.action_verify,
            self.user.action_invite,
            self.partner.action_telegram_invite,
            lambda: self.user.conversation_send("Hello"),
        )
        for button in buttons:
            with self.assertRaisesRegex(UserError, "tgworker install-sql"):
                button()
        self.assertFalse(self.user.message_count, "nothing was written")

    def test_a_table_that_is_not_watched_is_noticed(self):
        self.need_sql()
        self.env.cr.execute("DROP TRIGGER tgworker_reply ON telegram_message")
        self.user.invalidate_recordset(["problem"])
        self.assertIn("install-sql” again", self.user.problem)

    def test_send_code_asks_the_worker(self):
        self.need_sql()
        notice = self.user.with_user(self.operator).action_send_code()
        self.assertIn("Maria Petrova", notice["params"]["message"])
        self.env.cr.execute("SELECT kind FROM tgworker.errand WHERE telegram_user_id = %s", [self.user.id])
        self.assertEqual(self.env.cr.fetchall(), [("code",)])

    def test_no_code_for_who_is_verified(self):
        self.user.is_verified = True
        with self.assertRaisesRegex(UserError, "verified already"):
            self.user.action_send_code()

    def test_verify_tells_the_customer(self):
        self.need_sql()
        self.user.with_user(self.operator).action_verify()
        self.env.flush_all()
        self.assertTrue(self.user.verified_date)
        self.env.cr.execute("SELECT event FROM tgworker.outbox WHERE telegram_user_id = %s", [self.user.id])
        self.assertEqual(self.env.cr.fetchall(), [({"verified": {}},)])

    def test_an_invitation_is_shown_and_not_kept(self):
        self.need_sql()
        self.env.cr.execute("INSERT INTO tgworker.bot (id, username) VALUES (1, 'shop_bot') ON CONFLICT DO NOTHING")
        action = self.user.with_user(self.operator).action_invite()
        link = action["context"]["default_link"]
        self.assertRegex(link, r"^https://t\.me/\w+\?start=[0-9a-f]{32}$")
        self.assertFalse(self.env["telegram.invitation"].search_count([]))
        self.env.cr.execute("SELECT partner_id FROM tgworker.invitation ORDER BY created_at DESC LIMIT 1")
        self.assertEqual(self.env.cr.fetchone(), (self.partner.id,))

    def test_what_the_sql_refuses_is_told_and_the_transaction_goes_on(self):
        self.need_sql()
        self.env.cr.execute("UPDATE tgworker.bot SET username = NULL")
        with self.assertRaisesRegex(UserError, "name is not known"):
            self.partner.action_telegram_invite()
        self.assertTrue(self.env["telegram.user"].search_count([]))
