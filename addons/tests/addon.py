"""Reads the addon as text: what its models define, what its screens name, what its translations cover."""

import ast
import csv
import re
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent / "telegram_bot"

# What every model has.
_MAGIC = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}
# Attributes of a view that hold an expression over its fields.
EXPRESSIONS = ("invisible", "readonly", "required", "column_invisible")
# Attributes whose value a person reads.
_READ = ("string", "help", "placeholder", "confirm", "title", "aria-label", "alt", "label")


def python_files():
    return sorted(path for path in ROOT.rglob("*.py") if "tests" not in path.relative_to(ROOT).parts)


def xml_files():
    return sorted(ROOT.rglob("*.xml"))


def manifest():
    return ast.literal_eval((ROOT / "__manifest__.py").read_text())


class Model:
    """What a class says of a model."""

    def __init__(self, name, is_new, is_abstract):
        self.name = name
        self.is_new = is_new
        self.is_abstract = is_abstract
        self.fields = set(_MAGIC) if is_new else set()
        self.methods = set()


def models():
    """The addon's models by name, Odoo's that it extends among them."""
    found = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                model = _model(node)
                if model:
                    found[model.name] = model
    return found


def _model(node):
    constants = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            constants[statement.targets[0].id] = statement.value.value
    name = constants.get("_name") or constants.get("_inherit")
    if not name:
        return None
    bases = {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
    model = Model(name, "_name" in constants, "AbstractModel" in bases)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            model.methods.add(statement.name)
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            function = statement.value.func
            is_field = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "fields"
            if is_field or getattr(function, "id", "") == "BigInteger":
                model.fields.add(statement.targets[0].id)
    return model


def views():
    """(file, xml id, model, whether it extends another, arch) of each view."""
    for path in xml_files():
        for record in ElementTree.parse(path).getroot().iter("record"):
            if record.get("model") == "ir.ui.view":
                fields = {field.get("name"): field for field in record.findall("field")}
                yield path, record.get("id"), fields["model"].text, "inherit_id" in fields, fields["arch"]


def xml_ids():
    """The external ids that the addon defines."""
    found = {f"model_{name.replace('.', '_')}" for name in models()}
    for path in xml_files():
        root = ElementTree.parse(path).getroot()
        for tag in ("record", "menuitem", "template"):
            found |= {node.get("id") for node in root.iter(tag)}
    return found


def access_rights():
    with (ROOT / "security" / "ir.model.access.csv").open() as file:
        return list(csv.DictReader(file))


def javascript():
    return "\n".join(path.read_text() for path in sorted((ROOT / "static" / "src").rglob("*.js")))


# -- translations


def catalog(name):
    """The terms of a .po file with their translations, white space made one."""
    terms, msgid, msgstr, current = {}, None, None, None
    for line in [*(ROOT / "i18n" / name).read_text().splitlines(), 'msgid ""']:
        if line.startswith("msgid "):
            if msgid is not None:
                terms[plain(msgid)] = plain(msgstr)
            msgid, msgstr, current = ast.literal_eval(line[6:]), "", "msgid"
        elif line.startswith("msgstr "):
            msgstr, current = ast.literal_eval(line[7:]), "msgstr"
        elif line.startswith('"'):
            if current == "msgid":
                msgid += ast.literal_eval(line)
            else:
                msgstr += ast.literal_eval(line)
    terms.pop("", None)
    return terms


def plain(text):
    return " ".join(text.split())


def terms():
    """(where, term) of all that a person reads. A term of a text may be a part of the catalog's, which keeps the markup."""
    yield from _terms_of_python()
    yield from _terms_of_javascript()
    for path in xml_files():
        yield from _terms_of_xml(path)


def _terms_of_python():
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name_of(node) == "_" and isinstance(node.args[0], ast.Constant):
                yield path, node.args[0].value
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield from ((path, term) for term in _terms_of_assignment(node.targets[0].id, node.value))


def _name_of(call):
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


def _is_field(value):
    if not isinstance(value, ast.Call):
        return False
    owner = getattr(getattr(value.func, "value", None), "id", "")
    return owner == "fields" and _name_of(value)[0].isupper() or _name_of(value) == "BigInteger"


def _terms_of_assignment(name, value):
    if name == "_description":
        yield value.value
    elif name == "_sql_constraints":
        yield from (constraint.elts[2].value for constraint in value.elts)
    elif _is_field(value):
        keywords = {keyword.arg: keyword.value for keyword in value.keywords}
        yield _label(name, value, keywords)
        if "help" in keywords:
            yield ast.literal_eval(keywords["help"])
        if _name_of(value) == "Selection":
            yield from (label for _state, label in ast.literal_eval(value.args[0]))


def _label(name, value, keywords):
    """A field's label: given by name, given by position after what the kind of field takes first, or made of the name."""
    if "string" in keywords:
        return keywords["string"].value
    taken = {"Selection": 1, "Many2one": 1, "One2many": 2, "Many2many": 4}.get(_name_of(value), 0)
    if len(value.args) > taken:
        return value.args[taken].value
    return name.removesuffix("_ids").removesuffix("_id").replace("_", " ").title()


def _terms_of_javascript():
    for path in sorted((ROOT / "static" / "src").rglob("*.js")):
        for match in re.finditer(r'_t\(\s*("(?:[^"\\]|\\.)*")', path.read_text()):
            yield path, ast.literal_eval(match.group(1))


def _terms_of_xml(path):
    root = ElementTree.parse(path).getroot()
    if root.tag == "templates":
        yield from ((path, term) for term in _read_by_people(root))
        return
    for menu in root.iter("menuitem"):
        yield path, menu.get("name")
    for record in root.iter("record"):
        for field in record.findall("field"):
            if field.get("type") in ("xml", "html"):
                yield from ((path, term) for term in _read_by_people(field))
            elif field.get("name") in ("name", "comment", "description") and record.get("model") in (
                "ir.actions.act_window",
                "ir.actions.server",
                "ir.module.category",
                "res.groups",
            ):
                yield path, field.text


def _read_by_people(root):
    for node in root.iter():
        for attribute in _READ:
            if node.get(attribute):
                yield node.get(attribute)
        if node is not root and node.tag not in ("field",):
            yield from (text for text in [node.text] if _has_words(text))
        if node is not root:
            yield from (text for text in [node.tail] if _has_words(text))


def _has_words(text):
    return bool(text and re.search(r"\w", text))
