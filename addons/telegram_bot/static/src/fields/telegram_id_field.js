/** @odoo-module **/

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { InvalidNumberError } from "@web/views/fields/parsers";
import { useInputField } from "@web/views/fields/input_field_hook";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** An id of Telegram's: up to 52 bits, exact in a number of JavaScript; spaces that a paste brings are left out. */
export function parseTelegramId(text) {
    const digits = text.replace(/\s/g, "");
    if (!digits) {
        return 0;
    }
    if (!/^-?\d{1,16}$/.test(digits) || !Number.isSafeInteger(Number(digits))) {
        throw new InvalidNumberError(`"${text}" is not an id of Telegram's`);
    }
    return Number(digits);
}

/** An id is no quantity: without separators, and beyond 2^31, where Odoo's integer field ends. */
export class TelegramIdField extends Component {
    static template = "telegram_bot.IdField";
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
    };

    setup() {
        useInputField({ getValue: () => this.value, parse: parseTelegramId });
    }

    get value() {
        const id = this.props.record.data[this.props.name];
        return id ? String(id) : "";
    }
}

registry.category("fields").add("telegram_id", {
    component: TelegramIdField,
    displayName: _t("Telegram ID"),
    supportedTypes: ["integer"],
    isEmpty: (record, name) => !record.data[name],
    extractProps: ({ attrs }) => ({ placeholder: attrs.placeholder }),
});

/** A number that matters only when there is something: shown as a badge, or not at all. */
export class TelegramUnreadField extends Component {
    static template = "telegram_bot.UnreadField";
    static props = { ...standardFieldProps };
}

registry.category("fields").add("telegram_unread", {
    component: TelegramUnreadField,
    displayName: _t("Unread messages"),
    supportedTypes: ["integer"],
});
