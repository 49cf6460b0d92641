"""What can be known of the addon without Odoo. Run by scripts/check-addon."""

import ast
import re
import unittest
from xml.etree import ElementTree

import addon


class TestManifest(unittest.TestCase):
    def test_it_loads_and_promises_little(self):
        manifest = addon.manifest()
        self.assertEqual(manifest["license"], "LGPL-3")
        self.assertEqual(manifest["depends"], ["base", "sale", "mail"])
        self.assertNotIn("external_dependencies", manifest)
        self.assertRegex(manifest["version"], r"^17\.0(\.\d+){3}$")

    def test_it_names_all_data_files_and_no_others(self):
        folders = ("security", "views", "wizard")
        files = {
            str(path.relative_to(addon.ROOT))
            for folder in folders
            for path in (addon.ROOT / folder).iterdir()
            if path.suffix in (".xml", ".csv")
        }
        self.assertEqual(sorted(addon.manifest()["data"]), sorted(files))

    def test_the_upgrade_leads_to_this_version(self):
        self.assertTrue((addon.ROOT / "migrations" / addon.manifest()["version"]).is_dir())


class TestPython(unittest.TestCase):
    def test_it_compiles(self):
        for path in addon.ROOT.rglob("*.py"):
            compile(path.read_text(), path, "exec")

    def test_nothing_talks_to_the_network(self):
        for path in addon.python_files():
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in getattr(node, "names", [])] + [getattr(node, "module", "") or ""]
                for name in names:
                    self.assertNotIn(name.split(".")[0], ("requests", "urllib", "urllib3", "http", "socket"), path)

    def test_schema_tgworker_is_known_in_one_place(self):
        for path in addon.python_files():
            if path.name != "telegram_worker.py":
                self.assertFalse(re.findall(r"(?:FROM|JOIN|SELECT) tgworker\.", path.read_text()), path)


class TestXml(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.models = addon.models()
        cls.javascript = addon.javascript()
        cls.ids = addon.xml_ids()

    def test_it_is_well_formed(self):
        for path in addon.xml_files():
            ElementTree.parse(path)

    def test_views_name_fields_and_methods_that_exist(self):
        for path, xml_id, model_name, _extends, arch in addon.views():
            model = self.models[model_name]
            shown = set()
            for node in arch.iter():
                if node is arch:
                    continue
                name = node.get("name")
                if node.tag == "field":
                    # What Odoo's own models have is Odoo's to check.
                    self.assertIn(name, model.fields, f"{path.name}: {xml_id}")
                    shown.add(name)
                elif node.tag == "button" and node.get("type") == "object":
                    self.assertIn(name, model.methods, f"{path.name}: {xml_id}")
            self.check_expressions(xml_id, model, arch, shown)

    def check_expressions(self, xml_id, model, arch, shown):
        for node in arch.iter():
            for attribute, value in node.attrib.items():
                if node.tag == "filter" or not (
                    attribute in addon.EXPRESSIONS or attribute.startswith("decoration-")
                ):
                    continue
                for used in ast.walk(ast.parse(value, mode="eval")):
                    if isinstance(used, ast.Name):
                        self.assertIn(used.id, model.fields | {"id", "uid", "active"}, f"{xml_id}: {attribute}")
                        self.assertIn(used.id, shown | {"id", "uid", "active"} if not model.is_new else model.fields, xml_id)

    def test_domains_of_filters_name_fields_that_exist(self):
        for _path, xml_id, model_name, extends, arch in addon.views():
            fields = self.models[model_name].fields
            for node in arch.iter("filter"):
                for name in re.findall(r"\('([a-z_.]+)'", node.get("domain", "")):
                    self.assertIn(name.split(".")[0], fields, xml_id)
                for name in re.findall(r"'group_by': '([a-z_]+)", node.get("context", "")):
                    self.assertIn(name, fields, xml_id)

    def test_widgets_and_lists_are_registered(self):
        for _path, xml_id, _model, _extends, arch in addon.views():
            for node in arch.iter():
                names = [node.get("widget"), node.get("js_class"), node.get("name") if node.tag == "widget" else None]
                for name in names:
                    if name and name.startswith("telegram"):
                        self.assertIn(f'.add("{name}"', self.javascript, xml_id)

    def test_references_are_to_what_is_there(self):
        for path in addon.xml_files():
            for node in ElementTree.parse(path).getroot().iter():
                names = [node.get("ref"), node.get("action"), node.get("parent")]
                names += re.findall(r"ref\('([\w.]+)'\)", node.get("eval", ""))
                names += (node.get("groups") or "").split(",")
                for name in names:
                    if name and (name.startswith("telegram_bot.") or "." not in name) and not name.startswith("!"):
                        self.assertIn(name.removeprefix("telegram_bot."), self.ids, path.name)

    def test_templates_of_components_exist(self):
        templates = {
            node.get("t-name") for path in addon.xml_files() for node in ElementTree.parse(path).getroot().iter("t")
        }
        for name in re.findall(r'static template = "([\w.]+)"', self.javascript):
            self.assertIn(name, templates)


class TestRights(unittest.TestCase):
    def test_every_model_has_rights_for_a_group(self):
        rights = addon.access_rights()
        for model in addon.models().values():
            if model.is_new and not model.is_abstract:
                lines = [line for line in rights if line["model_id:id"] == f"model_{model.name.replace('.', '_')}"]
                self.assertTrue(lines, model.name)
                for line in lines:
                    self.assertTrue(line["group_id:id"].startswith("telegram_bot."), line["id"])


class TestTranslations(unittest.TestCase):
    def test_the_template_has_every_term(self):
        known = addon.catalog("telegram_bot.pot")
        together = "\n".join(known)
        for path, term in addon.terms():
            term = addon.plain(term)
            with self.subTest(term=term, file=path.name):
                self.assertTrue(term in known or term in together, "export i18n/telegram_bot.pot anew")

    def test_russian_covers_the_template(self):
        russian = addon.catalog("ru.po")
        template = addon.catalog("telegram_bot.pot")
        self.assertEqual(sorted(russian), sorted(template))
        self.assertEqual([term for term, translation in russian.items() if not translation], [])

    def test_placeholders_survive(self):
        for term, translation in addon.catalog("ru.po").items():
            self.assertEqual(re.findall(r"%\w", term), re.findall(r"%\w", translation), term)
            self.assertEqual(re.findall(r"</?\w+", term), re.findall(r"</?\w+", translation), term)

    def test_the_labels_are_those_that_users_know(self):
        russian = addon.catalog("ru.po")
        for term, label in {
            "Telegram": "Telegram",
            "Messages": "Сообщения",
            "Telegram users": "Telegram пользователи",
            "Settings": "Настройки",
            "Bot configuration": "Конфигурация бота",
            "Bot name": "Имя бота",
            "Bot Token": "Bot Token",
            "Webhook Secret": "Webhook Secret",
            "Operators": "Операторы",
            "Active": "Активен",
            "Set webhook": "Установить Webhook",
            "Send code": "Отправить код",
            "Reply": "Ответить",
        }.items():
            self.assertEqual(russian[term], label)


if __name__ == "__main__":
    unittest.main()
