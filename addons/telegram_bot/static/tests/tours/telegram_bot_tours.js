/** @odoo-module **/

import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_service/tour_utils";

const openTelegram = [
    stepUtils.showAppsMenuItem(),
    {
        content: "open the app",
        trigger: '.o_app[data-menu-xmlid="telegram_bot.menu_telegram_root"]',
    },
];

registry.category("web_tour.tours").add("telegram_bot_conversation", {
    test: true,
    url: "/web",
    steps: () => [
        ...openTelegram,
        {
            content: "the counter shows that something is new, and shows what",
            trigger: ".o_telegram_systray button:has(.o_telegram_counter)",
        },
        {
            content: "the message is marked as new",
            trigger: '.o_telegram_list .o_data_row.fw-bold td:contains("When is my order delivered?")',
        },
        {
            content: "it is shown with the conversation; go there",
            trigger: ".o_telegram_bubble.o_telegram_incoming",
            extra_trigger: '.o_form_view .o_telegram_words:contains("When is my order delivered?")',
            run: () => {},
        },
        {
            content: "open the conversation",
            trigger: 'button[name="action_open_conversation"]',
        },
        {
            content: "type an answer",
            trigger: ".o_telegram_form:has(h1) .o_telegram_input",
            run: "text Tomorrow <b>morning</b>",
        },
        {
            content: "send it",
            trigger: ".o_telegram_send:enabled",
        },
        {
            content: "it is in the conversation as it was typed, or the reason why it cannot be sent is shown",
            trigger:
                '.o_telegram_outgoing .o_telegram_words:contains("Tomorrow <b>morning</b>"), .o_error_dialog, .modal .o_dialog_warning, .modal:contains("tgworker install-sql")',
            run: () => {},
        },
    ],
});

registry.category("web_tour.tours").add("telegram_bot_configuration", {
    test: true,
    url: "/web",
    steps: () => [
        ...openTelegram,
        {
            content: "open the settings",
            trigger: 'button[data-menu-xmlid="telegram_bot.menu_telegram_config"]',
        },
        {
            content: "open the bot",
            trigger: 'a[data-menu-xmlid="telegram_bot.menu_telegram_bot_config"]',
        },
        {
            content: "it is the one bot, not the list and no blank one",
            trigger: '.o_field_widget[name="bot_name"] input:propValue(Shop)',
            run: () => {},
        },
        {
            content: "make a new secret",
            trigger: 'button[name="action_generate_secret"]',
        },
        {
            content: "yes",
            trigger: ".modal-footer .btn-primary",
        },
        {
            content: "it is done",
            trigger: "body:not(:has(.modal)) .o_form_view",
            run: () => {},
        },
    ],
});
