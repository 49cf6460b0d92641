from odoo.tests import HttpCase, tagged

from .common import BIG_ID

# A group's id is negative.
GROUP_ID = -1_001_234_567_890


@tagged("post_install", "-at_install")
class TestRpc(HttpCase):
    """Ids of more than 32 bits over XML-RPC, which has no such integers."""

    def call(self, method, *arguments, **keywords):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, self.env.ref("base.user_admin").id, "admin", "telegram.user", method, arguments, keywords
        )

    def test_ids_are_written_found_and_read(self):
        self.env.ref("base.user_admin").password = "admin"
        partner = self.env["res.partner"].create({"name": "Maria"})
        user_id = self.call(
            "create", {"telegram_id": float(BIG_ID), "chat_id": str(GROUP_ID), "partner_id": partner.id}
        )
        self.assertEqual(self.call("search", [["telegram_id", "=", float(BIG_ID)]]), [user_id])
        (values,) = self.call("read", [user_id], ["telegram_id", "chat_id"])
        self.assertEqual((values["telegram_id"], values["chat_id"]), (BIG_ID, GROUP_ID))
        (values,) = self.call("search_read", [["id", "=", user_id]], fields=["telegram_id"])
        self.assertEqual(values["telegram_id"], BIG_ID)
        self.call("write", [user_id], {"telegram_id": float(BIG_ID + 1)})
        self.assertEqual(self.env["telegram.user"].browse(user_id).telegram_id, BIG_ID + 1)
