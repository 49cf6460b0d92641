-- A small database in the shape of Odoo 17: what a worker beside Odoo reads and writes, and nothing else.
--
-- The tables carry the columns, types, constraints, indexes and comments that a real Odoo 17 has with the apps Sales and
-- Contacts; foreign keys into tables that are not here are left out, and so are res_company's accounting columns.
-- The addon telegram_bot is not installed: its tables are for `tgworker install-sql` to create.
--
--     createdb shop && psql -q -v ON_ERROR_STOP=1 -d shop -f Tests/Fixtures/odoo.sql

begin;

set local client_min_messages = warning;
create extension if not exists pg_trgm;

create table res_currency (
    id serial primary key,
    name varchar not null,
    symbol varchar not null,
    decimal_places integer,
    create_uid integer,
    write_uid integer,
    full_name varchar,
    position varchar,
    currency_unit_label varchar,
    currency_subunit_label varchar,
    rounding numeric,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    constraint res_currency_rounding_gt_zero check (rounding > 0),
    constraint res_currency_unique_name unique (name)
);
comment on column res_currency.decimal_places is 'Decimal Places';
comment on column res_currency.create_uid is 'Created by';
comment on column res_currency.write_uid is 'Last Updated by';
comment on column res_currency.full_name is 'Name';
comment on column res_currency.position is 'Symbol Position';
comment on column res_currency.currency_unit_label is 'Currency Unit';
comment on column res_currency.currency_subunit_label is 'Currency Subunit';
comment on column res_currency.rounding is 'Rounding Factor';
comment on column res_currency.active is 'Active';
comment on column res_currency.create_date is 'Created on';
comment on column res_currency.write_date is 'Last Updated on';
comment on constraint res_currency_rounding_gt_zero on res_currency is 'CHECK (rounding>0)';
comment on constraint res_currency_unique_name on res_currency is 'unique (name)';

create table res_lang (
    id serial primary key,
    create_uid integer,
    write_uid integer,
    name varchar not null,
    code varchar not null,
    iso_code varchar,
    url_code varchar not null,
    direction varchar not null,
    date_format varchar not null,
    time_format varchar not null,
    week_start varchar not null,
    grouping varchar not null,
    decimal_point varchar not null,
    thousands_sep varchar,
    active boolean,
    create_date timestamp,
    write_date timestamp,
    constraint res_lang_code_uniq unique (code),
    constraint res_lang_name_uniq unique (name),
    constraint res_lang_url_code_uniq unique (url_code)
);
comment on table res_lang is 'Languages';
comment on column res_lang.create_uid is 'Created by';
comment on column res_lang.write_uid is 'Last Updated by';
comment on column res_lang.name is 'Name';
comment on column res_lang.code is 'Locale Code';
comment on column res_lang.iso_code is 'ISO code';
comment on column res_lang.url_code is 'URL Code';
comment on column res_lang.direction is 'Direction';
comment on column res_lang.date_format is 'Date Format';
comment on column res_lang.time_format is 'Time Format';
comment on column res_lang.week_start is 'First Day of Week';
comment on column res_lang.grouping is 'Separator Format';
comment on column res_lang.decimal_point is 'Decimal Separator';
comment on column res_lang.thousands_sep is 'Thousands Separator';
comment on column res_lang.active is 'Active';
comment on column res_lang.create_date is 'Created on';
comment on column res_lang.write_date is 'Last Updated on';
comment on constraint res_lang_code_uniq on res_lang is 'unique(code)';
comment on constraint res_lang_name_uniq on res_lang is 'unique(name)';
comment on constraint res_lang_url_code_uniq on res_lang is 'unique(url_code)';

create table res_company (
    id serial primary key,
    name varchar not null,
    partner_id integer not null,
    currency_id integer not null,
    sequence integer,
    create_date timestamp,
    parent_path varchar,
    parent_id integer,
    paperformat_id integer,
    external_report_layout_id integer,
    create_uid integer,
    write_uid integer,
    email varchar,
    phone varchar,
    mobile varchar,
    font varchar,
    primary_color varchar,
    secondary_color varchar,
    layout_background varchar not null,
    report_header jsonb,
    report_footer jsonb,
    company_details jsonb,
    active boolean,
    uses_default_logo boolean,
    write_date timestamp,
    logo_web bytea,
    resource_calendar_id integer,
    email_primary_color varchar,
    email_secondary_color varchar,
    quotation_validity_days integer,
    portal_confirmation_sign boolean,
    portal_confirmation_pay boolean,
    prepayment_percent double precision,
    constraint res_company_check_quotation_validity_days check (quotation_validity_days >= 0),
    constraint res_company_name_uniq unique (name)
);
comment on column res_company.parent_id is 'Parent Company';
comment on column res_company.paperformat_id is 'Paper format';
comment on column res_company.external_report_layout_id is 'Document Template';
comment on column res_company.create_uid is 'Created by';
comment on column res_company.write_uid is 'Last Updated by';
comment on column res_company.email is 'Email';
comment on column res_company.phone is 'Phone';
comment on column res_company.mobile is 'Mobile';
comment on column res_company.font is 'Font';
comment on column res_company.primary_color is 'Primary Color';
comment on column res_company.secondary_color is 'Secondary Color';
comment on column res_company.layout_background is 'Layout Background';
comment on column res_company.report_header is 'Company Tagline';
comment on column res_company.report_footer is 'Report Footer';
comment on column res_company.company_details is 'Company Details';
comment on column res_company.active is 'Active';
comment on column res_company.uses_default_logo is 'Uses Default Logo';
comment on column res_company.write_date is 'Last Updated on';
comment on column res_company.logo_web is 'Logo Web';
comment on column res_company.resource_calendar_id is 'Default Working Hours';
comment on column res_company.email_primary_color is 'Email Header Color';
comment on column res_company.email_secondary_color is 'Email Button Color';
comment on column res_company.quotation_validity_days is 'Default Quotation Validity';
comment on column res_company.portal_confirmation_sign is 'Online Signature';
comment on column res_company.portal_confirmation_pay is 'Online Payment';
comment on column res_company.prepayment_percent is 'Prepayment percentage';
comment on constraint res_company_check_quotation_validity_days on res_company is 'CHECK(quotation_validity_days >= 0)';
comment on constraint res_company_name_uniq on res_company is 'unique (name)';

create table res_partner (
    id serial primary key,
    company_id integer,
    create_date timestamp,
    name varchar,
    title integer,
    parent_id integer,
    user_id integer,
    state_id integer,
    country_id integer,
    industry_id integer,
    color integer,
    commercial_partner_id integer,
    create_uid integer,
    write_uid integer,
    complete_name varchar,
    ref varchar,
    lang varchar,
    tz varchar,
    vat varchar,
    company_registry varchar,
    website varchar,
    function varchar,
    type varchar,
    street varchar,
    street2 varchar,
    zip varchar,
    city varchar,
    email varchar,
    phone varchar,
    mobile varchar,
    commercial_company_name varchar,
    company_name varchar,
    date date,
    comment text,
    partner_latitude numeric,
    partner_longitude numeric,
    active boolean,
    employee boolean,
    is_company boolean,
    partner_share boolean,
    write_date timestamp,
    message_bounce integer,
    email_normalized varchar,
    signup_type varchar,
    signup_expiration timestamp,
    signup_token varchar,
    calendar_last_notif_ack timestamp,
    team_id integer,
    partner_gid integer,
    additional_info varchar,
    phone_sanitized varchar,
    supplier_rank integer,
    customer_rank integer,
    invoice_warn varchar,
    invoice_warn_msg text,
    debit_limit numeric,
    last_time_entries_checked timestamp,
    ubl_cii_format varchar,
    peppol_endpoint varchar,
    peppol_eas varchar,
    sale_warn varchar,
    sale_warn_msg text,
    constraint res_partner_check_name check ((type = 'contact' and name is not null) or (type != 'contact'))
);
comment on column res_partner.title is 'Title';
comment on column res_partner.parent_id is 'Related Company';
comment on column res_partner.user_id is 'Salesperson';
comment on column res_partner.state_id is 'State';
comment on column res_partner.country_id is 'Country';
comment on column res_partner.industry_id is 'Industry';
comment on column res_partner.color is 'Color Index';
comment on column res_partner.commercial_partner_id is 'Commercial Entity';
comment on column res_partner.create_uid is 'Created by';
comment on column res_partner.write_uid is 'Last Updated by';
comment on column res_partner.complete_name is 'Complete Name';
comment on column res_partner.ref is 'Reference';
comment on column res_partner.lang is 'Language';
comment on column res_partner.tz is 'Timezone';
comment on column res_partner.vat is 'Tax ID';
comment on column res_partner.company_registry is 'Company ID';
comment on column res_partner.website is 'Website Link';
comment on column res_partner.function is 'Job Position';
comment on column res_partner.type is 'Address Type';
comment on column res_partner.street is 'Street';
comment on column res_partner.street2 is 'Street2';
comment on column res_partner.zip is 'Zip';
comment on column res_partner.city is 'City';
comment on column res_partner.email is 'Email';
comment on column res_partner.phone is 'Phone';
comment on column res_partner.mobile is 'Mobile';
comment on column res_partner.commercial_company_name is 'Company Name Entity';
comment on column res_partner.company_name is 'Company Name';
comment on column res_partner.date is 'Date';
comment on column res_partner.comment is 'Notes';
comment on column res_partner.partner_latitude is 'Geo Latitude';
comment on column res_partner.partner_longitude is 'Geo Longitude';
comment on column res_partner.active is 'Active';
comment on column res_partner.employee is 'Employee';
comment on column res_partner.is_company is 'Is a Company';
comment on column res_partner.partner_share is 'Share Partner';
comment on column res_partner.write_date is 'Last Updated on';
comment on column res_partner.message_bounce is 'Bounce';
comment on column res_partner.email_normalized is 'Normalized Email';
comment on column res_partner.signup_type is 'Signup Token Type';
comment on column res_partner.signup_expiration is 'Signup Expiration';
comment on column res_partner.calendar_last_notif_ack is 'Last notification marked as read from base Calendar';
comment on column res_partner.team_id is 'Sales Team';
comment on column res_partner.partner_gid is 'Company database ID';
comment on column res_partner.additional_info is 'Additional info';
comment on column res_partner.phone_sanitized is 'Sanitized Number';
comment on column res_partner.supplier_rank is 'Supplier Rank';
comment on column res_partner.customer_rank is 'Customer Rank';
comment on column res_partner.invoice_warn is 'Invoice';
comment on column res_partner.invoice_warn_msg is 'Message for Invoice';
comment on column res_partner.debit_limit is 'Payable Limit';
comment on column res_partner.last_time_entries_checked is 'Latest Invoices & Payments Matching Date';
comment on column res_partner.ubl_cii_format is 'Format';
comment on column res_partner.peppol_endpoint is 'Peppol Endpoint';
comment on column res_partner.peppol_eas is 'Peppol e-address (EAS)';
comment on column res_partner.sale_warn is 'Sales Warnings';
comment on column res_partner.sale_warn_msg is 'Message for Sales Order';
comment on constraint res_partner_check_name on res_partner is 'CHECK( (type=''contact'' AND name IS NOT NULL) or (type!=''contact'') )';

create table res_users (
    id serial primary key,
    company_id integer not null,
    partner_id integer not null,
    active boolean default true,
    create_date timestamp,
    login varchar not null,
    password varchar,
    action_id integer,
    create_uid integer,
    write_uid integer,
    signature text,
    share boolean,
    write_date timestamp,
    totp_secret varchar,
    notification_type varchar not null,
    odoobot_state varchar,
    odoobot_failed boolean,
    sale_team_id integer,
    target_sales_won integer,
    target_sales_done integer,
    target_sales_invoiced integer,
    constraint res_users_login_key unique (login),
    constraint res_users_notification_type check (notification_type = 'email' or not share)
);
comment on column res_users.action_id is 'Home Action';
comment on column res_users.create_uid is 'Created by';
comment on column res_users.write_uid is 'Last Updated by';
comment on column res_users.signature is 'Email Signature';
comment on column res_users.share is 'Share User';
comment on column res_users.write_date is 'Last Updated on';
comment on column res_users.notification_type is 'Notification';
comment on column res_users.odoobot_state is 'OdooBot Status';
comment on column res_users.odoobot_failed is 'Odoobot Failed';
comment on column res_users.sale_team_id is 'User Sales Team';
comment on column res_users.target_sales_won is 'Won in Opportunities Target';
comment on column res_users.target_sales_done is 'Activities Done Target';
comment on column res_users.target_sales_invoiced is 'Invoiced in Sales Orders Target';
comment on constraint res_users_notification_type on res_users is 'CHECK (notification_type = ''email'' OR NOT share)';

create table ir_config_parameter (
    id serial primary key,
    create_uid integer,
    write_uid integer,
    key varchar not null,
    value text not null,
    create_date timestamp,
    write_date timestamp,
    constraint ir_config_parameter_key_uniq unique (key)
);
comment on table ir_config_parameter is 'System Parameter';
comment on column ir_config_parameter.create_uid is 'Created by';
comment on column ir_config_parameter.write_uid is 'Last Updated by';
comment on column ir_config_parameter.key is 'Key';
comment on column ir_config_parameter.value is 'Value';
comment on column ir_config_parameter.create_date is 'Created on';
comment on column ir_config_parameter.write_date is 'Last Updated on';
comment on constraint ir_config_parameter_key_uniq on ir_config_parameter is 'unique (key)';

create table ir_module_module (
    id serial primary key,
    create_uid integer,
    create_date timestamp,
    write_date timestamp,
    write_uid integer,
    website varchar,
    summary jsonb,
    name varchar not null,
    author varchar,
    icon varchar,
    state varchar(16),
    latest_version varchar,
    shortdesc jsonb,
    category_id integer,
    description jsonb,
    application boolean default false,
    demo boolean default false,
    web boolean default false,
    license varchar(32),
    sequence integer default 100,
    auto_install boolean default false,
    to_buy boolean default false,
    maintainer varchar,
    published_version varchar,
    url varchar,
    contributors text,
    menus_by_module text,
    reports_by_module text,
    views_by_module text,
    module_type varchar,
    imported boolean,
    constraint ir_module_module_name_uniq unique (name)
);
comment on column ir_module_module.maintainer is 'Maintainer';
comment on column ir_module_module.published_version is 'Published Version';
comment on column ir_module_module.url is 'URL';
comment on column ir_module_module.contributors is 'Contributors';
comment on column ir_module_module.menus_by_module is 'Menus';
comment on column ir_module_module.reports_by_module is 'Reports';
comment on column ir_module_module.views_by_module is 'Views';
comment on column ir_module_module.module_type is 'Module Type';
comment on column ir_module_module.imported is 'Imported Module';
comment on constraint ir_module_module_name_uniq on ir_module_module is 'UNIQUE (name)';

create table ir_model_fields (
    id serial primary key,
    relation_field_id integer,
    model_id integer not null,
    related_field_id integer,
    size integer,
    create_uid integer,
    write_uid integer,
    name varchar not null,
    complete_name varchar,
    model varchar not null,
    relation varchar,
    relation_field varchar,
    ttype varchar not null,
    related varchar,
    state varchar not null,
    on_delete varchar,
    domain varchar,
    relation_table varchar,
    column1 varchar,
    column2 varchar,
    depends varchar,
    currency_field varchar,
    field_description jsonb not null,
    help jsonb,
    compute text,
    copied boolean,
    required boolean,
    readonly boolean,
    index boolean,
    translate boolean,
    group_expand boolean,
    selectable boolean,
    store boolean,
    sanitize boolean,
    sanitize_overridable boolean,
    sanitize_tags boolean,
    sanitize_attributes boolean,
    sanitize_style boolean,
    sanitize_form boolean,
    strip_style boolean,
    strip_classes boolean,
    create_date timestamp,
    write_date timestamp,
    tracking integer,
    constraint ir_model_fields_name_manual_field check (state != 'manual' or name like 'x\_%%'),
    constraint ir_model_fields_name_unique unique (model, name),
    constraint ir_model_fields_size_gt_zero check (size >= 0)
);
comment on table ir_model_fields is 'Fields';
comment on column ir_model_fields.relation_field_id is 'Relation field';
comment on column ir_model_fields.model_id is 'Model';
comment on column ir_model_fields.related_field_id is 'Related field';
comment on column ir_model_fields.size is 'Size';
comment on column ir_model_fields.create_uid is 'Created by';
comment on column ir_model_fields.write_uid is 'Last Updated by';
comment on column ir_model_fields.name is 'Field Name';
comment on column ir_model_fields.complete_name is 'Complete Name';
comment on column ir_model_fields.model is 'Model Name';
comment on column ir_model_fields.relation is 'Related Model';
comment on column ir_model_fields.relation_field is 'Relation Field';
comment on column ir_model_fields.ttype is 'Field Type';
comment on column ir_model_fields.related is 'Related Field';
comment on column ir_model_fields.state is 'Type';
comment on column ir_model_fields.on_delete is 'On Delete';
comment on column ir_model_fields.domain is 'Domain';
comment on column ir_model_fields.relation_table is 'Relation Table';
comment on column ir_model_fields.column1 is 'Column 1';
comment on column ir_model_fields.column2 is 'Column 2';
comment on column ir_model_fields.depends is 'Dependencies';
comment on column ir_model_fields.currency_field is 'Currency field';
comment on column ir_model_fields.field_description is 'Field Label';
comment on column ir_model_fields.help is 'Field Help';
comment on column ir_model_fields.compute is 'Compute';
comment on column ir_model_fields.copied is 'Copied';
comment on column ir_model_fields.required is 'Required';
comment on column ir_model_fields.readonly is 'Readonly';
comment on column ir_model_fields.index is 'Indexed';
comment on column ir_model_fields.translate is 'Translatable';
comment on column ir_model_fields.group_expand is 'Expand Groups';
comment on column ir_model_fields.selectable is 'Selectable';
comment on column ir_model_fields.store is 'Stored';
comment on column ir_model_fields.sanitize is 'Sanitize HTML';
comment on column ir_model_fields.sanitize_overridable is 'Sanitize HTML overridable';
comment on column ir_model_fields.sanitize_tags is 'Sanitize HTML Tags';
comment on column ir_model_fields.sanitize_attributes is 'Sanitize HTML Attributes';
comment on column ir_model_fields.sanitize_style is 'Sanitize HTML Style';
comment on column ir_model_fields.sanitize_form is 'Sanitize HTML Form';
comment on column ir_model_fields.strip_style is 'Strip Style Attribute';
comment on column ir_model_fields.strip_classes is 'Strip Class Attribute';
comment on column ir_model_fields.create_date is 'Created on';
comment on column ir_model_fields.write_date is 'Last Updated on';
comment on column ir_model_fields.tracking is 'Enable Ordered Tracking';
comment on constraint ir_model_fields_name_manual_field on ir_model_fields is 'CHECK (state != ''manual'' OR name LIKE ''x\_%%'')';
comment on constraint ir_model_fields_name_unique on ir_model_fields is 'UNIQUE(model, name)';
comment on constraint ir_model_fields_size_gt_zero on ir_model_fields is 'CHECK (size>=0)';

create table ir_model_fields_selection (
    id serial primary key,
    field_id integer not null,
    sequence integer,
    create_uid integer,
    write_uid integer,
    value varchar not null,
    name jsonb not null,
    create_date timestamp,
    write_date timestamp,
    constraint ir_model_fields_selection_selection_field_uniq unique (field_id, value)
);
comment on table ir_model_fields_selection is 'Fields Selection';
comment on column ir_model_fields_selection.field_id is 'Field';
comment on column ir_model_fields_selection.sequence is 'Sequence';
comment on column ir_model_fields_selection.create_uid is 'Created by';
comment on column ir_model_fields_selection.write_uid is 'Last Updated by';
comment on column ir_model_fields_selection.value is 'Value';
comment on column ir_model_fields_selection.name is 'Name';
comment on column ir_model_fields_selection.create_date is 'Created on';
comment on column ir_model_fields_selection.write_date is 'Last Updated on';
comment on constraint ir_model_fields_selection_selection_field_uniq on ir_model_fields_selection is 'unique(field_id, value)';

create table bus_bus (
    id serial primary key,
    create_uid integer,
    write_uid integer,
    channel varchar,
    message varchar,
    create_date timestamp,
    write_date timestamp
);
comment on table bus_bus is 'Communication Bus';
comment on column bus_bus.create_uid is 'Created by';
comment on column bus_bus.write_uid is 'Last Updated by';
comment on column bus_bus.channel is 'Channel';
comment on column bus_bus.message is 'Message';
comment on column bus_bus.create_date is 'Created on';
comment on column bus_bus.write_date is 'Last Updated on';

create table sale_order (
    id serial primary key,
    campaign_id integer,
    source_id integer,
    medium_id integer,
    company_id integer not null,
    partner_id integer not null,
    journal_id integer,
    partner_invoice_id integer not null,
    partner_shipping_id integer not null,
    fiscal_position_id integer,
    payment_term_id integer,
    pricelist_id integer,
    currency_id integer,
    user_id integer,
    team_id integer,
    analytic_account_id integer,
    create_uid integer,
    write_uid integer,
    access_token varchar,
    name varchar not null,
    state varchar,
    client_order_ref varchar,
    origin varchar,
    reference varchar,
    signed_by varchar,
    invoice_status varchar,
    validity_date date,
    note text,
    currency_rate numeric,
    amount_untaxed numeric,
    amount_tax numeric,
    amount_total numeric,
    amount_to_invoice numeric,
    locked boolean,
    require_signature boolean,
    require_payment boolean,
    create_date timestamp,
    commitment_date timestamp,
    date_order timestamp not null,
    signed_on timestamp,
    write_date timestamp,
    prepayment_percent double precision,
    pending_email_template_id integer,
    opportunity_id integer,
    sale_order_template_id integer,
    constraint sale_order_date_order_conditional_required check ((state = 'sale' and date_order is not null) or state != 'sale')
);
comment on table sale_order is 'Sales Order';
comment on column sale_order.campaign_id is 'Campaign';
comment on column sale_order.source_id is 'Source';
comment on column sale_order.medium_id is 'Medium';
comment on column sale_order.company_id is 'Company';
comment on column sale_order.partner_id is 'Customer';
comment on column sale_order.journal_id is 'Invoicing Journal';
comment on column sale_order.partner_invoice_id is 'Invoice Address';
comment on column sale_order.partner_shipping_id is 'Delivery Address';
comment on column sale_order.fiscal_position_id is 'Fiscal Position';
comment on column sale_order.payment_term_id is 'Payment Terms';
comment on column sale_order.pricelist_id is 'Pricelist';
comment on column sale_order.currency_id is 'Currency';
comment on column sale_order.user_id is 'Salesperson';
comment on column sale_order.team_id is 'Sales Team';
comment on column sale_order.analytic_account_id is 'Analytic Account';
comment on column sale_order.create_uid is 'Created by';
comment on column sale_order.write_uid is 'Last Updated by';
comment on column sale_order.access_token is 'Security Token';
comment on column sale_order.name is 'Order Reference';
comment on column sale_order.state is 'Status';
comment on column sale_order.client_order_ref is 'Customer Reference';
comment on column sale_order.origin is 'Source Document';
comment on column sale_order.reference is 'Payment Ref.';
comment on column sale_order.signed_by is 'Signed By';
comment on column sale_order.invoice_status is 'Invoice Status';
comment on column sale_order.validity_date is 'Expiration';
comment on column sale_order.note is 'Terms and conditions';
comment on column sale_order.currency_rate is 'Currency Rate';
comment on column sale_order.amount_untaxed is 'Untaxed Amount';
comment on column sale_order.amount_tax is 'Taxes';
comment on column sale_order.amount_total is 'Total';
comment on column sale_order.amount_to_invoice is 'Amount to invoice';
comment on column sale_order.locked is 'Locked';
comment on column sale_order.require_signature is 'Online signature';
comment on column sale_order.require_payment is 'Online payment';
comment on column sale_order.create_date is 'Creation Date';
comment on column sale_order.commitment_date is 'Delivery Date';
comment on column sale_order.date_order is 'Order Date';
comment on column sale_order.signed_on is 'Signed On';
comment on column sale_order.write_date is 'Last Updated on';
comment on column sale_order.prepayment_percent is 'Prepayment percentage';
comment on column sale_order.pending_email_template_id is 'Pending Email Template';
comment on column sale_order.opportunity_id is 'Opportunity';
comment on constraint sale_order_date_order_conditional_required on sale_order is 'CHECK((state = ''sale'' AND date_order IS NOT NULL) OR state != ''sale'')';

create table sale_order_line (
    id serial primary key,
    order_id integer not null,
    sequence integer,
    company_id integer,
    currency_id integer,
    order_partner_id integer,
    salesman_id integer,
    product_id integer,
    product_uom integer,
    product_packaging_id integer,
    create_uid integer,
    write_uid integer,
    state varchar,
    display_type varchar,
    qty_delivered_method varchar,
    invoice_status varchar,
    analytic_distribution jsonb,
    name text not null,
    product_uom_qty numeric not null,
    price_unit numeric not null,
    discount numeric,
    price_subtotal numeric,
    price_total numeric,
    price_reduce_taxexcl numeric,
    price_reduce_taxinc numeric,
    qty_delivered numeric,
    qty_invoiced numeric,
    qty_to_invoice numeric,
    untaxed_amount_invoiced numeric,
    untaxed_amount_to_invoice numeric,
    is_downpayment boolean,
    is_expense boolean,
    create_date timestamp,
    write_date timestamp,
    price_tax double precision,
    product_packaging_qty double precision,
    customer_lead double precision not null,
    constraint sale_order_line_accountable_required_fields check (
        display_type is not null or (product_id is not null and product_uom is not null)),
    constraint sale_order_line_non_accountable_null_fields check (
        display_type is null or (product_id is null and price_unit = 0 and product_uom_qty = 0 and product_uom is null and customer_lead = 0))
);
comment on table sale_order_line is 'Sales Order Line';
comment on column sale_order_line.order_id is 'Order Reference';
comment on column sale_order_line.sequence is 'Sequence';
comment on column sale_order_line.company_id is 'Company';
comment on column sale_order_line.currency_id is 'Currency';
comment on column sale_order_line.order_partner_id is 'Customer';
comment on column sale_order_line.salesman_id is 'Salesperson';
comment on column sale_order_line.product_id is 'Product';
comment on column sale_order_line.product_uom is 'Unit of Measure';
comment on column sale_order_line.product_packaging_id is 'Packaging';
comment on column sale_order_line.create_uid is 'Created by';
comment on column sale_order_line.write_uid is 'Last Updated by';
comment on column sale_order_line.state is 'Order Status';
comment on column sale_order_line.display_type is 'Display Type';
comment on column sale_order_line.qty_delivered_method is 'Method to update delivered qty';
comment on column sale_order_line.invoice_status is 'Invoice Status';
comment on column sale_order_line.analytic_distribution is 'Analytic Distribution';
comment on column sale_order_line.name is 'Description';
comment on column sale_order_line.product_uom_qty is 'Quantity';
comment on column sale_order_line.price_unit is 'Unit Price';
comment on column sale_order_line.discount is 'Discount (%)';
comment on column sale_order_line.price_subtotal is 'Subtotal';
comment on column sale_order_line.price_total is 'Total';
comment on column sale_order_line.price_reduce_taxexcl is 'Price Reduce Tax excl';
comment on column sale_order_line.price_reduce_taxinc is 'Price Reduce Tax incl';
comment on column sale_order_line.qty_delivered is 'Delivery Quantity';
comment on column sale_order_line.qty_invoiced is 'Invoiced Quantity';
comment on column sale_order_line.qty_to_invoice is 'Quantity To Invoice';
comment on column sale_order_line.untaxed_amount_invoiced is 'Untaxed Invoiced Amount';
comment on column sale_order_line.untaxed_amount_to_invoice is 'Untaxed Amount To Invoice';
comment on column sale_order_line.is_downpayment is 'Is a down payment';
comment on column sale_order_line.is_expense is 'Is expense';
comment on column sale_order_line.create_date is 'Created on';
comment on column sale_order_line.write_date is 'Last Updated on';
comment on column sale_order_line.price_tax is 'Total Tax';
comment on column sale_order_line.product_packaging_qty is 'Packaging Quantity';
comment on column sale_order_line.customer_lead is 'Lead Time';
comment on constraint sale_order_line_accountable_required_fields on sale_order_line is 'CHECK(display_type IS NOT NULL OR (product_id IS NOT NULL AND product_uom IS NOT NULL))';
comment on constraint sale_order_line_non_accountable_null_fields on sale_order_line is 'CHECK(display_type IS NULL OR (product_id IS NULL AND price_unit = 0 AND product_uom_qty = 0 AND product_uom IS NULL AND customer_lead = 0))';

-- The data: a tea shop with customers in three languages, and some who break things.

insert into res_currency
    (id, name, symbol, decimal_places, create_uid, write_uid, full_name, position, currency_unit_label, currency_subunit_label,
    rounding, active, create_date, write_date)
values
    (1, 'USD', '$', 2, null, 1, 'United States dollar', 'before', 'Dollars', 'Cents', 0.01, true, null, '2026-01-12 06:00'),
    (30, 'RUB', 'руб', 2, 1, 1, 'Russian ruble', 'after', 'Ruble', 'Kopek', 0.01, true, '2026-01-12 06:00', '2026-01-12 06:00'),
    (126, 'EUR', '€', 2, 1, 1, 'Euro', 'after', 'Euros', 'Cents', 0.01, true, '2026-01-12 06:00', '2026-01-12 06:00'),
    (128, 'UZS', 'лв', 2, 1, 1, 'Uzbekistan som', 'after', 'Som', 'Tiyin', 0.01, true, '2026-01-12 06:00', '2026-01-12 06:00');

-- The Russian thousands separator is a no-break space, as in Odoo.
insert into res_lang
    (id, create_uid, write_uid, name, code, iso_code, url_code, direction, date_format, time_format, week_start, grouping,
    decimal_point, thousands_sep, active, create_date, write_date)
values
    (1, 1, 1, 'English (US)', 'en_US', 'en', 'en', 'ltr', '%m/%d/%Y', '%H:%M:%S', '7', '[3,0]', '.', ',', true,
    '2026-01-12 06:00:00', '2026-01-12 06:00:00'),
    (62, 1, 1, 'Russian / русский язык', 'ru_RU', 'ru', 'ru', 'ltr', '%d.%m.%Y', '%H:%M:%S', '1', '[3,0]', ',', e'\u00a0', true,
    '2026-01-12 06:00:00', '2026-01-12 06:00:00');

insert into res_company
    (id, name, partner_id, currency_id, sequence, create_date, parent_path, create_uid, write_uid, email, phone, font,
    layout_background, active, write_date, email_primary_color, email_secondary_color, quotation_validity_days,
    portal_confirmation_sign, portal_confirmation_pay, prepayment_percent)
values
    (1, 'Чайная лавка «Самовар»', 1, 30, 0, '2026-01-12 06:00:00', '1/', 1, 1, 'lavka@example.com', '+7 495 000-00-00', 'Lato',
    'Blank', true, '2026-01-12 06:00:00', '#000000', '#875A7B', 30, true, false, 1);

-- 1 the shop, 2 OdooBot, 3 and 7 its people, from 10 on the customers. Of these 12 and 13 would be markup if nobody escaped
-- them, 14 is a company and 15 its contact, 16 has neither language nor time zone, 18 speaks a language that is not
-- installed, 19 is archived.
insert into res_partner
    (id, company_id, name, complete_name, is_company, parent_id, commercial_partner_id, commercial_company_name, lang, tz, email,
    email_normalized, phone, phone_sanitized, active, partner_share, customer_rank, supplier_rank, type, color, message_bounce,
    invoice_warn, sale_warn, create_uid, write_uid, create_date, write_date)
select person.id, company_id, person.name, concat_ws(', ', parent.name, person.name), is_company, parent_id,
    coalesce(parent_id, person.id), coalesce(parent.name, case when is_company then person.name end), lang, tz, email, email, phone,
    regexp_replace(phone, '[ -]', '', 'g'), active, company_id is null, (person.id >= 10)::integer, 0, 'contact', 0, 0, 'no-message',
    'no-message', 1, 1, created, created
from (values
    (1, null, 'Чайная лавка «Самовар»', true, null, 'ru_RU', 'Europe/Moscow', 'lavka@example.com', '+7 495 000-00-00', true),
    (2, 1, 'OdooBot', false, null, 'en_US', 'Europe/Moscow', 'odoobot@example.com', null, false),
    (3, 1, 'Анна Смирнова', false, null, 'ru_RU', 'Europe/Moscow', 'admin@example.com', null, true),
    (7, 1, 'Олег Оператор', false, null, 'ru_RU', 'Asia/Yekaterinburg', 'oleg@example.com', null, true),
    (10, null, 'Мария Петрова', false, null, 'ru_RU', 'Europe/Moscow', 'maria.petrova@example.com', '+7 916 111-22-33', true),
    (11, null, 'John Smith', false, null, 'en_US', 'America/New_York', 'john.smith@example.com', '+1 555-010-0199', true),
    (12, null, 'ivan_petrov_2024', false, null, 'ru_RU', 'Asia/Tashkent', 'ivan_petrov@example.com', null, true),
    (13, null, '<b>Bold</b> & Sons', true, null, 'en_US', 'Europe/London', 'bold@example.com', '+44 20 7946 0000', true),
    (14, null, 'O''Neill & Daughters', true, null, 'en_US', 'Europe/Dublin', 'office@oneill.example.com', '+353 1 555 0100', true),
    (15, null, 'Siobhán O''Neill', false, 14, 'en_US', 'Europe/Dublin', 'siobhan@oneill.example.com', null, true),
    (16, null, 'Алишер Каримов', false, null, null, null, null, '+998 90 123 45 67', true),
    (17, null, 'Azizbek Yoʻldoshev', false, null, 'ru_RU', 'Asia/Tashkent', 'aziz@example.com', '+998 91 765 43 21', true),
    (18, null, 'Jürgen Weiß 🍵', false, null, 'de_DE', 'Europe/Berlin', 'juergen@example.com', null, true),
    (19, null, 'Пётр Архивный', false, null, 'ru_RU', 'Europe/Moscow', 'petr@example.com', null, false)
) as person (id, company_id, name, is_company, parent_id, lang, tz, email, phone, active)
left join (values (14, 'O''Neill & Daughters')) as parent (id, name) on parent.id = parent_id,
lateral (select timestamp '2026-01-12 06:00:00.100417' + person.id * interval '1 day') as moment (created);

insert into res_users
    (id, company_id, partner_id, active, create_date, login, create_uid, write_uid, share, write_date, notification_type,
    odoobot_state)
values
    (1, 1, 2, false, '2026-01-12 06:00:00', '__system__', null, 1, false, '2026-01-12 06:00:00', 'inbox', 'disabled'),
    (2, 1, 3, true, '2026-01-12 06:00:00', 'admin', 1, 1, false, '2026-01-12 06:00:00', 'email', 'disabled'),
    (6, 1, 7, true, '2026-01-13 08:00:00', 'oleg', 2, 2, false, '2026-01-13 08:00:00', 'inbox', 'disabled');

insert into ir_config_parameter (key, value, create_uid, write_uid, create_date, write_date)
select key, value, 1, 1, timestamp '2026-01-12 06:00:00', timestamp '2026-01-12 06:00:00'
from (values
    ('database.create_date', '2026-01-12 06:00:00'),
    ('database.uuid', '7d5c1a52-3f7e-11f1-9d9b-0d1f5a3c6e21'),
    ('sale.async_emails', 'False'),
    ('web.base.url', 'https://shop.example.com')) as parameter (key, value);

insert into ir_module_module (name, author, state, latest_version, shortdesc, license, write_uid, write_date)
select name, 'Odoo S.A.', 'installed', version, jsonb_build_object('en_US', english, 'ru_RU', russian), 'LGPL-3', 1,
    timestamp '2026-01-12 06:00:00'
from (values
    ('base', '17.0.1.3', 'Base', 'База'),
    ('bus', '17.0.1.0', 'IM Bus', 'Шина'),
    ('contacts', '17.0.1.0', 'Contacts', 'Контакты'),
    ('mail', '17.0.1.15', 'Discuss', 'Обсуждения'),
    ('sale', '17.0.1.2', 'Sales', 'Продажи'),
    ('sale_management', '17.0.1.0', 'Sales', 'Продажи'),
    ('web', '17.0.1.0', 'Web', 'Веб')) as module (name, version, english, russian);

-- The labels of an order's states. "packed" was added by the shop's own module; the Russian label of "draft" ends in a
-- space, as Odoo's translation does.
insert into ir_model_fields
    (id, model_id, name, model, ttype, state, field_description, copied, required, readonly, index, translate, selectable, store,
    tracking)
values
    (6353, 518, 'state', 'sale.order', 'selection', 'base', '{"en_US": "Status", "ru_RU": "Статус"}', false, false, true, true,
    false, true, true, 3);

insert into ir_model_fields_selection (id, field_id, sequence, value, name)
values
    (1089, 6353, 0, 'draft', '{"en_US": "Quotation", "ru_RU": "Коммерческое предложение "}'),
    (1090, 6353, 1, 'sent', '{"en_US": "Quotation Sent", "ru_RU": "Коммерческое предложение отправлено"}'),
    (1091, 6353, 2, 'sale', '{"en_US": "Sales Order", "ru_RU": "Заказ на продажу"}'),
    (1092, 6353, 3, 'cancel', '{"en_US": "Cancelled", "ru_RU": "Отменен"}'),
    (1093, 6353, 4, 'packed', '{"en_US": "Packed & ready", "ru_RU": "Собран и готов"}');

create temporary table basket (order_id, product, quantity, price) on commit drop as values
    (1, 'Иван-чай, 100 г', 3.0, 450.00),
    (1, 'Самовар угольный, 3 л', 1.0, 18900.00),
    (2, 'Пуэр «Старый лес», 357 г', 2.0, 6150.50),
    (3, 'Чайник исинский', 1.0, 7200.00),
    (4, 'Ceylon, 250 g', 4.0, 12.75),
    (4, 'Tea towel <linen>', 2.0, 9.99),
    (5, 'Samovar, electric', 1.0, 249.00),
    (6, 'Чай_чёрный_*крупнолистовой*', 10.0, 320.00),
    (7, 'Assam & Darjeeling, 1 kg', 5.0, 41.20),
    (8, 'Barry''s blend, 500 g', 12.0, 8.45),
    (9, 'Sencha, 100 g', 2.0, 14.00),
    (10, 'Зелёный чай № 95, 1 кг', 3.0, 185000.00),
    (11, 'Пиала «Пахта», набор', 1.0, 1250000.00),
    (11, 'Чойнак', 1.0, 640000.00),
    (12, 'Ostfriesentee, 250 g', 3.0, 7.90),
    (13, 'Бергамот, 100 г', 1.0, 510.00),
    (14, 'Мята, 50 г', 1.0, 190.00);

-- Tax is 20 %. The customer's reference of 7 is markup, and the name of 13 is more than legacy Markdown can carry. The totals:
-- S00001 24300.00 RUB, S00002 14761.20 RUB, S00003 8640.00 RUB, S00004 85.18 USD, S00005 298.80 USD, S00006 3840.00
-- RUB, S00007 247.20 EUR, S00008 121.68 EUR, S00009 33.60 EUR, S00010 666000.00 UZS, S00011 2268000.00 UZS, S00012
-- 28.44 EUR, SO_0013 612.00 RUB, S00014 228.00 RUB.
insert into sale_order
    (id, company_id, name, state, partner_id, partner_invoice_id, partner_shipping_id, currency_id, user_id, date_order,
    client_order_ref, amount_untaxed, amount_tax, amount_total, amount_to_invoice, currency_rate, invoice_status, validity_date,
    locked, require_signature, require_payment, prepayment_percent, create_uid, write_uid, create_date, write_date)
select id, 1, name, state, partner_id, partner_id, partner_id, currency_id, user_id, ordered, client_order_ref, untaxed, tax,
    untaxed + tax, untaxed + tax, 1.0, case state when 'sale' then 'to invoice' else 'no' end, (ordered + interval '30 days')::date,
    false, true, false, 1, user_id, user_id, ordered, ordered
from (values
    (1, 'S00001', 'draft', 10, 30, 6, timestamp '2026-03-02 07:15:00', null),
    (2, 'S00002', 'sent', 10, 30, 6, '2026-03-03 10:40:12', null),
    (3, 'S00003', 'sale', 10, 30, 6, '2026-02-20 12:00:00.326149', null),
    (4, 'S00004', 'draft', 11, 1, 6, '2026-03-04 16:05:00', 'PO-7781'),
    (5, 'S00005', 'sent', 11, 1, 2, '2026-03-05 00:30:00', null),
    (6, 'S00006', 'draft', 12, 30, 6, '2026-03-05 18:59:59', null),
    (7, 'S00007', 'sent', 13, 126, 2, '2026-03-06 09:00:00', 'A&B <7>'),
    (8, 'S00008', 'draft', 14, 126, 6, '2026-03-06 09:30:00', null),
    (9, 'S00009', 'draft', 15, 126, 6, '2026-03-07 11:11:11', null),
    (10, 'S00010', 'draft', 16, 128, 6, '2026-03-07 20:45:00', null),
    (11, 'S00011', 'sale', 17, 128, 6, '2026-03-08 05:20:00', null),
    (12, 'S00012', 'draft', 18, 126, 2, '2026-03-08 08:00:00', null),
    (13, 'SO_0013', 'packed', 10, 30, 6, '2026-03-09 06:00:00', null),
    (14, 'S00014', 'cancel', 19, 30, 2, '2026-02-01 10:00:00', null)
) as placed (id, name, state, partner_id, currency_id, user_id, ordered, client_order_ref)
join (
    select order_id, sum(round(quantity * price, 2)), sum(round(quantity * price * 0.2, 2)) from basket group by order_id
) as amount (order_id, untaxed, tax) on order_id = id
order by id;

insert into sale_order_line
    (order_id, sequence, company_id, currency_id, order_partner_id, salesman_id, product_id, product_uom, state,
    qty_delivered_method, invoice_status, name, product_uom_qty, price_unit, discount, price_subtotal, price_tax, price_total,
    price_reduce_taxexcl, price_reduce_taxinc, qty_delivered, qty_invoiced, customer_lead, create_uid, write_uid, create_date,
    write_date)
select order_id, 10, company_id, currency_id, partner_id, user_id, 1, 1, state, 'manual', invoice_status, product,
    round(quantity, 2), price, 0.00, round(quantity * price, 2), round(quantity * price * 0.2, 2),
    round(quantity * price, 2) + round(quantity * price * 0.2, 2), price, round(price * 1.2, 2), 0.00, 0.00, 0, user_id, user_id,
    create_date, write_date
from basket join sale_order on order_id = id
order by order_id, product;

-- Odoo's sequences go on where the data ends.
do $$
declare
    relation text;
begin
    foreach relation in array array['res_currency', 'res_lang', 'res_company', 'res_partner', 'res_users', 'ir_model_fields',
        'ir_model_fields_selection', 'sale_order', 'sale_order_line']
    loop
        execute format('select setval(pg_get_serial_sequence(%L, ''id''), max(id)) from %I', relation, relation);
    end loop;
end $$;

-- What Odoo searches by.

create index ir_model_fields__complete_name_index on ir_model_fields (complete_name);
create index ir_model_fields__model_id_index on ir_model_fields (model_id);
create index ir_model_fields__model_index on ir_model_fields (model);
create index ir_model_fields__name_index on ir_model_fields (name);
create index ir_model_fields__state_index on ir_model_fields (state);
create index ir_model_fields_selection__field_id_index on ir_model_fields_selection (field_id);
create index ir_module_module__category_id_index on ir_module_module (category_id);
create index ir_module_module__state_index on ir_module_module (state);
create index res_company__parent_id_index on res_company (parent_id);
create index res_company__parent_path_index on res_company (parent_path);
create index res_partner__commercial_partner_id_index on res_partner (commercial_partner_id);
create index res_partner__company_id_index on res_partner (company_id);
create index res_partner__complete_name_index on res_partner (complete_name);
create index res_partner__date_index on res_partner (date);
create index res_partner__name_index on res_partner (name);
create index res_partner__parent_id_index on res_partner (parent_id);
create index res_partner__ref_index on res_partner (ref);
create index res_partner__vat_index on res_partner (vat);
create index res_users__partner_id_index on res_users (partner_id);
create index sale_order__company_id_index on sale_order (company_id);
create index sale_order__create_date_index on sale_order (create_date);
create index sale_order__name_index on sale_order using gin (name gin_trgm_ops);
create index sale_order__partner_id_index on sale_order (partner_id);
create index sale_order__partner_invoice_id_index on sale_order (partner_invoice_id)
    where (partner_invoice_id is not null);
create index sale_order__partner_shipping_id_index on sale_order (partner_shipping_id)
    where (partner_shipping_id is not null);
create index sale_order__state_index on sale_order (state);
create index sale_order__user_id_index on sale_order (user_id);
create index sale_order_date_order_id_idx on sale_order (date_order desc, id desc);
create index sale_order_line__company_id_index on sale_order_line (company_id);
create index sale_order_line__order_id_index on sale_order_line (order_id);
create index sale_order_line__order_partner_id_index on sale_order_line (order_partner_id);
create index sale_order_line__product_id_index on sale_order_line (product_id) where (product_id is not null);
create index sale_order_line_analytic_distribution_accounts_gin_index on sale_order_line
    using gin (regexp_split_to_array((jsonb_path_query_array(analytic_distribution, '$.keyvalue()."key"'::jsonpath))::text, '\D+'::text));

-- References, where both ends are here.

alter table res_currency
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table res_lang
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table res_company
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (currency_id) references res_currency on delete restrict,
    add foreign key (parent_id) references res_company on delete set null,
    add foreign key (partner_id) references res_partner on delete restrict,
    add foreign key (write_uid) references res_users on delete set null;
alter table res_partner
    add foreign key (commercial_partner_id) references res_partner on delete set null,
    add foreign key (company_id) references res_company on delete set null,
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (parent_id) references res_partner on delete set null,
    add foreign key (user_id) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table res_users
    add foreign key (company_id) references res_company on delete restrict,
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (partner_id) references res_partner on delete restrict,
    add foreign key (write_uid) references res_users on delete set null;
alter table ir_config_parameter
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table ir_module_module
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table ir_model_fields
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (related_field_id) references ir_model_fields on delete cascade,
    add foreign key (relation_field_id) references ir_model_fields on delete cascade,
    add foreign key (write_uid) references res_users on delete set null;
alter table ir_model_fields_selection
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (field_id) references ir_model_fields on delete cascade,
    add foreign key (write_uid) references res_users on delete set null;
alter table bus_bus
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table sale_order
    add foreign key (company_id) references res_company on delete restrict,
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (currency_id) references res_currency on delete restrict,
    add foreign key (partner_id) references res_partner on delete restrict,
    add foreign key (partner_invoice_id) references res_partner on delete restrict,
    add foreign key (partner_shipping_id) references res_partner on delete restrict,
    add foreign key (user_id) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;
alter table sale_order_line
    add foreign key (company_id) references res_company on delete set null,
    add foreign key (create_uid) references res_users on delete set null,
    add foreign key (currency_id) references res_currency on delete set null,
    add foreign key (order_id) references sale_order on delete cascade,
    add foreign key (order_partner_id) references res_partner on delete set null,
    add foreign key (salesman_id) references res_users on delete set null,
    add foreign key (write_uid) references res_users on delete set null;

commit;

analyze;
