/* From the text of one case to its script. */
#include "script/script.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

static struct diagnostics diagnostics;

static void print_failure(void)
{
    struct buffer text = buffer_make(65536);

    diagnostics_print(&diagnostics, &text);
    ck_abort_msg("%s", buffer_string(&text));
}

/* The script of a case with these keys, beside the required ones. */
static struct script *made_over(const char *keys, enum mqtt_version version,
                                enum net_transport transport)
{
    char text[8192];
    struct script *script;

    snprintf(text, sizeof text,
             "id: test/a\ntitle: A\nstatements: {all: [TEST-1]}\n%s\n", keys);
    ck_assert(diagnostics_begin(&diagnostics));
    script = script_of_text(text, version, transport, &diagnostics);
    if (!script)
        print_failure();
    return script;
}

static struct script *made(const char *keys, enum mqtt_version version)
{
    return made_over(keys, version, NET_TCP);
}

static void done(struct script *script)
{
    script_free(script);
    diagnostics_end(&diagnostics);
}

static const struct step *step_at(const struct script *script, size_t index)
{
    ck_assert_uint_lt(index, script->steps->child_count);
    return script->steps->children[index];
}

static const struct send_step *send_at(const struct script *script,
                                       size_t index)
{
    ck_assert_int_eq(step_at(script, index)->verb, VERB_SEND);
    return step_at(script, index)->send;
}

static const struct expect_step *expect_at(const struct script *script,
                                           size_t index)
{
    ck_assert_int_eq(step_at(script, index)->verb, VERB_EXPECT);
    return step_at(script, index)->expect;
}

/* ---- values ------------------------------------------------------------- */

static const struct value saved[] = {{.kind = VALUE_NUMBER, .number = 11},
                                     {.kind = VALUE_NUMBER, .number = 12},
                                     {.kind = VALUE_NUMBER, .number = 13}};

static bool look_up(void *user, const char *name, struct value *value)
{
    static const struct {
        const char *name, *text;
        int64_t number;
    } rows[] = {{"id", "ID", 0},
                {"topic", "top", 0},
                {"auth.method", "SCRAM", 0},
                {"profile.other", "elsewhere", 0},
                {"i", NULL, 2},
                {"k", NULL, 3},
                {"max", NULL, 7},
                {"grace", NULL, 5 * SECOND},
                {"limits.connect", NULL, 35 * SECOND}};

    (void)user;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!strcmp(name, rows[i].name)) {
            *value = (struct value){
                .kind = rows[i].text ? VALUE_BYTES : VALUE_NUMBER,
                .number = rows[i].number,
                .bytes = slice_of(rows[i].text ? rows[i].text : "")};
            return true;
        }
    *value = (struct value){.kind = VALUE_LIST, .items = saved, .count = 3};
    return !strcmp(name, "pids");
}

static bool move(void *user, struct slice name, struct value *value)
{
    (void)user;
    *value = (struct value){.kind = VALUE_BYTES, .bytes = name};
    return true;
}

static int64_t number_of(struct script *script,
                         const struct expression *expression)
{
    const struct environment environment = {.lookup = look_up,
                                            .arena = script->arena};
    const char *error = "";
    int64_t number = 0;

    ck_assert_ptr_nonnull(expression);
    ck_assert_msg(expression_number(expression, &environment, &number, &error),
                  "%s", error);
    return number;
}

static void check_bytes(struct script *script,
                        const struct expression *expression, const void *data,
                        size_t size)
{
    const struct environment environment = {
        .lookup = look_up, .auth = move, .arena = script->arena};
    struct slice bytes;
    const char *error = "";

    ck_assert_ptr_nonnull(expression);
    ck_assert_msg(expression_bytes(expression, &environment, &bytes, &error),
                  "%s", error);
    ck_assert_uint_eq(bytes.size, size);
    ck_assert(!size || !memcmp(bytes.data, data, size));
}

static void check_text(struct script *script,
                       const struct expression *expression, const char *text)
{
    check_bytes(script, expression, text, strlen(text));
}

static const struct send_field *field_of(const struct send_step *send,
                                         enum mqtt_field field)
{
    for (size_t i = 0; i < send->field_count; i++)
        if (send->fields[i].field == (int)field)
            return &send->fields[i];
    return NULL;
}

static void check_fields(const struct send_step *send, const char *expected)
{
    struct buffer names = buffer_make(4096);

    for (size_t i = 0; i < send->field_count; i++)
        buffer_format(
            &names, "%s%s%s", i ? " " : "",
            send->fields[i].in_will ? "will:" : "",
            mqtt_field_row((enum mqtt_field)send->fields[i].field)->name);
    ck_assert_str_eq(buffer_string(&names), expected);
    buffer_free(&names);
}

/* What the matcher of a field says to people. */
static void check_matcher(struct script *script, const struct matcher *matcher,
                          const char *text)
{
    const struct environment environment = {.lookup = look_up,
                                            .arena = script->arena};
    struct buffer out = buffer_make(4096);

    ck_assert_ptr_nonnull(matcher);
    matcher_print(matcher, &environment, false, &out);
    ck_assert_str_eq(buffer_string(&out), text);
    buffer_free(&out);
}

static const struct matcher *matcher_of(const struct expect_step *expect,
                                        int field)
{
    for (size_t i = 0; i < expect->field_count; i++)
        if (expect->fields[i].field == field)
            return expect->fields[i].matcher;
    return NULL;
}

/* ---- the script --------------------------------------------------------- */

START_TEST(the_script_describes_its_variant)
{
    struct script *script =
        made_over("level: should\nexclusive: true\n"
                  "requires: [qos2, {receive_maximum: {at_most: 9}}]\n"
                  "each: {row: [one]}\n"
                  "clients:\n"
                  "  a: {version: 3.1.1, transport: ws}\n"
                  "  b: {endpoint: login, account: $profile.other}\n"
                  "steps: [{at: a, fence: true}, {broker: restart}]",
                  MQTT_5_0, NET_WSS);

    ck_assert_str_eq(script->variant_id, "test/a@5.0+wss[one]");
    ck_assert_str_eq(script->case_id, "test/a");
    ck_assert_str_eq(script->title, "A");
    ck_assert_str_eq(script->rows, "row=one");
    ck_assert_int_eq(script->version, MQTT_5_0);
    ck_assert_int_eq(script->transport, NET_WSS);
    ck_assert_int_eq(script->level, LEVEL_SHOULD);
    ck_assert(script->exclusive && script->uses_broker);
    ck_assert_uint_eq(script->statement_count, 1);
    ck_assert_str_eq(script->statements[0], "TEST-1");
    ck_assert_uint_eq(script->require_count, 2);
    ck_assert_str_eq(script->requires[0].name, "qos2");
    ck_assert_ptr_null(script->requires[0].matcher);
    check_matcher(script, script->requires[1].matcher, "at most 9");
    ck_assert_uint_eq(script->client_count, 2);
    ck_assert_str_eq(script->clients[0].name, "a");
    ck_assert(script->clients[0].has_version);
    ck_assert_int_eq(script->clients[0].version, MQTT_3_1_1);
    ck_assert_int_eq(script->clients[0].transport, NET_WS);
    ck_assert_str_eq(script->clients[1].endpoint, "login");
    ck_assert_str_eq(script->clients[1].account, "$profile.other");
    ck_assert_uint_eq(script->given->child_count, 0);
    done(script);
}
END_TEST

START_TEST(a_row_has_requirements_of_its_own)
{
    struct script *script =
        made("requires: [qos1]\n"
             "each:\n"
             "  a: [{value: 2, requires: [qos2]}]\n"
             "  b: {map: {qos: 1, requires: [{receive_maximum: 9}, retain]}}\n"
             "  c: {x: {value: 3, requires: [acl]}, y: {generate: "
             "wrong_flags, of: pingreq, only: 3.1, requires: [acl]}}\n"
             "steps: [{send: publish, qos: $a, with: $b, flags: $c}, "
             "{expect: close}]",
             MQTT_5_0);
    static const char *const names[] = {"qos1", "qos2", "receive_maximum",
                                        "retain", "acl"};

    ck_assert_uint_eq(script->require_count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(script->requires[i].name, names[i]);
    done(script);
}
END_TEST

START_TEST(steps_know_their_clients)
{
    struct script *script = made(
        "steps:\n"
        "- {at: a, send: connect}\n"
        "- {at: [a, b], send: pingreq}\n"
        "- {at: c$i, send: pingreq, count: 3}\n"
        "- {at: c*, expect: connack, among: 1, chosen: got, others: no}\n"
        "- {at: $got, fence: true}\n"
        "- {at: d, together: [{send: connect}, {send: pingreq}]}\n"
        "- {at: d, repeat: 2, do: [{send: pingreq}, {at: e, fence: true}]}",
        MQTT_5_0);
    const struct step *repeat = step_at(script, 6);

    check_text(script, step_at(script, 0)->at[0], "a");
    ck_assert_uint_eq(step_at(script, 1)->at_count, 2);
    check_text(script, step_at(script, 1)->at[1], "b");
    check_text(script, step_at(script, 2)->at[0], "c2");
    ck_assert(step_at(script, 3)->at_pattern);
    check_text(script, step_at(script, 3)->at[0], "c");
    ck_assert_str_eq(step_at(script, 4)->at[0]->name, "got");
    check_text(script, step_at(script, 5)->children[1]->at[0], "d");
    check_text(script, repeat->children[0]->children[0]->at[0], "d");
    check_text(script, repeat->children[0]->children[1]->at[0], "e");
    done(script);
    script = made("steps: [{send: connect}]", MQTT_5_0);
    check_text(script, step_at(script, 0)->at[0], "client");
    done(script);
}
END_TEST

/* ---- sends -------------------------------------------------------------- */

START_TEST(fields_keep_the_order_of_the_file)
{
    struct script *script =
        made("steps:\n"
             "- {send: connect, keep_alive: 0x10, clean_start: false, "
             "user_name: u, receive_maximum: 5, "
             "user_property: [[a, b], [c, $id]]}",
             MQTT_5_0);
    const struct send_step *send = send_at(script, 0);

    ck_assert_int_eq(send->type, MQTT_CONNECT);
    check_fields(send, "keep_alive clean_start user_name receive_maximum "
                       "user_property user_property");
    ck_assert_int_eq(number_of(script, send->fields[0].value), 16);
    ck_assert_int_eq(number_of(script, send->fields[1].value), 0);
    check_text(script, send->fields[2].value, "u");
    check_text(script, send->fields[4].value, "a");
    check_text(script, send->fields[5].second, "ID");
    ck_assert(!send->exact_properties && !send->has_will);
    done(script);
}
END_TEST

START_TEST(a_will_is_nested)
{
    struct script *script =
        made("steps:\n"
             "- {send: connect, will: {topic: $topic/w, payload: {hex: 00 ff}, "
             "qos: 1, retain: true, 5.0: {will_delay_interval: 5}, "
             "user_property: [[a, b]]}}\n"
             "- {send: connect, will: {}}\n"
             "- {send: connect, will: {properties: [{content_type: t}, "
             "{0x7f: {hex: 01}}], property_length: {add: 1}}}\n"
             "- {expect: close}",
             MQTT_5_0);
    const struct send_step *send = send_at(script, 0);

    ck_assert(send->has_will);
    check_fields(send, "will:will_topic will:will_payload will:will_qos "
                       "will:will_retain will:will_delay_interval "
                       "will:user_property");
    check_text(script, send->fields[0].value, "top/w");
    check_bytes(script, send->fields[1].value, "\0\xff", 2);
    ck_assert(send_at(script, 1)->has_will);
    check_fields(send_at(script, 1), "");
    send = send_at(script, 2);
    check_fields(send, "will:content_type will:unknown_property");
    ck_assert_int_eq(number_of(script, send->fields[1].identifier), 0x7f);
    ck_assert_int_eq(send->will_property_length.form, MQTT_LENGTH_ADD);
    done(script);
}
END_TEST

START_TEST(filters_come_before_their_options)
{
    struct script *script = made(
        "steps:\n"
        "- {send: subscribe}\n"
        "- {send: subscribe, qos: 1, no_local: true, filter: $topic/a}\n"
        "- {send: subscribe, qos: 2}\n"
        "- {send: subscribe, filters: [$topic/a, {filter: $topic/b, qos: 1}, "
        "{text: $topic, pad: x, to: 20}]}\n"
        "- {send: subscribe, filters: []}\n"
        "- {send: unsubscribe, filters: [$topic/a, $topic/b]}\n"
        "- {expect: close}",
        MQTT_5_0);

    check_fields(send_at(script, 0), "filter");
    check_text(script, send_at(script, 0)->fields[0].value, "top");
    check_fields(send_at(script, 1), "filter qos no_local");
    check_text(script, send_at(script, 1)->fields[0].value, "top/a");
    check_fields(send_at(script, 2), "filter qos");
    check_fields(send_at(script, 3), "filter filter qos filter");
    check_fields(send_at(script, 4), "");
    ck_assert(send_at(script, 4)->omit[MQTT_FILTER / 64] >> (MQTT_FILTER % 64) &
              1);
    ck_assert(
        send_at(script, 4)->omit[MQTT_OPTIONS / 64] >> (MQTT_OPTIONS % 64) & 1);
    check_fields(send_at(script, 5), "filter filter");
    done(script);
}
END_TEST

START_TEST(properties_may_be_an_exact_list)
{
    struct script *script = made(
        "each: {prop: [{receive_maximum: 7}]}\n"
        "steps:\n"
        "- {send: connect, properties: [$prop, $prop, "
        "{subscription_identifier: {value: 5, width: 2}}, {0x7f: {hex: 01}}]}\n"
        "- {send: connect, properties: []}\n"
        "- {expect: close}",
        MQTT_5_0);
    const struct send_step *send = send_at(script, 0);

    ck_assert(send->exact_properties);
    check_fields(send, "receive_maximum receive_maximum "
                       "subscription_identifier unknown_property");
    ck_assert_int_eq(number_of(script, send->fields[1].value), 7);
    ck_assert_int_eq(number_of(script, send->fields[2].width), 2);
    ck_assert(send_at(script, 1)->exact_properties);
    done(script);
}
END_TEST

START_TEST(damage_is_kept_as_stated)
{
    struct script *script =
        made("steps:\n"
             "- {send: publish, flags: 6, packet_type: 0, omit: [packet_id, "
             "property_length], property_length: {width: 2}, "
             "insert: {at: 3, hex: 00}, append: {hex: ff}, truncate: $(2*3), "
             "remaining_length: 5, stop_after: 4}\n"
             "- {send: publish, topic: {text: abc, length: 500}, "
             "remaining_length: {hex: ff ff}}\n"
             "- {expect: close}",
             MQTT_5_0);
    const struct send_step *send = send_at(script, 0);

    check_fields(send, "");
    ck_assert_int_eq(number_of(script, send->flags), 6);
    ck_assert_int_eq(number_of(script, send->packet_type), 0);
    ck_assert(send->omit[MQTT_PACKET_ID / 64] >> (MQTT_PACKET_ID % 64) & 1);
    ck_assert(send->omit[MQTT_PROPERTY_LENGTH / 64] >>
                  (MQTT_PROPERTY_LENGTH % 64) &
              1);
    ck_assert_int_eq(send->property_length.form, MQTT_LENGTH_WIDTH);
    ck_assert_int_eq(number_of(script, send->insert_at), 3);
    check_bytes(script, send->insert, "\0", 1);
    check_bytes(script, send->append, "\xff", 1);
    ck_assert_int_eq(number_of(script, send->truncate), 6);
    ck_assert_int_eq(send->remaining_length.form, MQTT_LENGTH_IS);
    ck_assert_int_eq(number_of(script, send->stop_after), 4);
    send = send_at(script, 1);
    ck_assert_int_eq(number_of(script, send->fields[0].stated_length), 500);
    ck_assert_int_eq(send->remaining_length.form, MQTT_LENGTH_BYTES);
    done(script);
}
END_TEST

START_TEST(delivery_belongs_to_sends_and_together)
{
    struct script *script = made_over(
        "each: {cut: {cut: {split: [3, 5], as: fragments, gap: 20ms, "
        "between: {send: ws_ping, payload: mid}}}}\n"
        "steps:\n"
        "- {together: [{send: connect}, {send: subscribe}], with: $cut}\n"
        "- {send: pingreq, frame: {opcode: text, mask: false, rsv: 4}}\n"
        "- {send: ws_ping, payload: x, frame: {fin: false}}\n"
        "- {send: publish, split: each, background: true}\n"
        "- {send: ws_close, code: 1000, payload: bye}",
        MQTT_5_0, NET_WS);
    const struct delivery *delivery = &step_at(script, 0)->send->delivery;

    ck_assert_int_eq(step_at(script, 0)->verb, VERB_TOGETHER);
    ck_assert_uint_eq(step_at(script, 0)->child_count, 2);
    ck_assert_uint_eq(delivery->offset_count, 2);
    ck_assert_int_eq(number_of(script, delivery->offsets[1]), 5);
    ck_assert_int_eq(delivery->as, CUT_FRAGMENTS);
    ck_assert_int_eq(number_of(script, delivery->gap), SECOND / 50);
    ck_assert_int_eq(delivery->between->send->thing, THING_WS_PING);
    delivery = &send_at(script, 1)->delivery;
    ck_assert(delivery->has_frame && delivery->frame.fin);
    ck_assert_int_eq(delivery->frame.opcode, 1);
    ck_assert(!delivery->frame.mask);
    ck_assert_int_eq(delivery->frame.rsv, 4);
    ck_assert_int_eq(send_at(script, 2)->delivery.frame.opcode, 9);
    ck_assert(!send_at(script, 2)->delivery.frame.fin);
    ck_assert(send_at(script, 3)->delivery.split_each);
    ck_assert(send_at(script, 3)->delivery.background);
    ck_assert_int_eq(number_of(script, send_at(script, 4)->code), 1000);
    check_text(script, send_at(script, 4)->data, "bye");
    done(script);
}
END_TEST

START_TEST(data_is_put_together)
{
    struct script *script = made(
        "steps:\n"
        "- {send: bytes, data: [{u8: 0x82}, {len: varint, of: [{u16: 5}, "
        "{u8: 0, only: 5.0}, {u8: 9, only: 3.1}, {str: $topic}]}, "
        "{varint: 1, width: 2}, {u32: 1}, {text: ab}, {hex: 00, only: 5.0}, "
        "{repeat: x, times: 2}]}\n"
        "- {send: bytes, data: {hex: e0 00}}",
        MQTT_5_0);

    check_bytes(script, send_at(script, 0)->data,
                "\x82\x08\x00\x05\x00\x00\x03top\x81\x00\x00\x00\x00\x01"
                "ab\x00xx",
                21);
    check_bytes(script, send_at(script, 1)->data, "\xe0\x00", 2);
    done(script);
}
END_TEST

/* ---- expressions -------------------------------------------------------- */

START_TEST(numbers_are_calculated)
{
    static const struct {
        const char *text;
        int64_t number;
    } rows[] = {{"5", 5},         {"0x1F", 31},       {"2+3*4", 14},
                {"(2+3)*4", 20},  {"10-2-3", 5},      {"17%5", 2},
                {"$p", 3},        {"$p*2+1", 7},      {"$q*2", 8},
                {"$row.n", 6},    {"$row.list.2", 9}, {"$row.$key", 6},
                {"$max+1", 8},    {"$(max+1)", 8},    {"$pids.3", 13},
                {"$pids.$i", 12}, {"$pids.$p", 13},   {"10s/2s", 5}};
    char text[1024];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text,
                 "vars: {q: $p+1, key: n, row: {n: 6, list: [8, 9]}}\n"
                 "each: {p: [3]}\n"
                 "steps:\n"
                 "- {expect: publish, save: {max: qos, pids: packet_id}}\n"
                 "- {send: connect, keep_alive: %s, count: 2}",
                 rows[i].text);
        script = made(text, MQTT_5_0);
        ck_assert_msg(number_of(script, send_at(script, 1)->fields[0].value) ==
                          rows[i].number,
                      "%s", rows[i].text);
        done(script);
    }
}
END_TEST

START_TEST(texts_are_joined)
{
    static const struct {
        const char *text, *result;
    } rows[] = {{"plain", "plain"},
                {"$id", "ID"},
                {"a$id/b", "aID/b"},
                {"$topic/a.b", "top/a.b"},
                {"m$i", "m2"},
                {"m$(i+1)", "m3"},
                {"m$(p+1)", "m4"},
                {"$p", "3"},
                {"v$p.", "v3."},
                {"$$5", "$5"},
                {"$share/g$id/$topic", "$share/gID/top"},
                {"$SYS/x", "$SYS/x"},
                {"$row.text", "deep ID"},
                {"<$row.text>", "<deep ID>"},
                {"$bytes", "AB"},
                {"x$bytes", "xAB"},
                {"{text: $id, pad: xy, to: 5}", "IDxyx"},
                {"{repeat: $id, times: 2}", "IDID"},
                {"{auth: start}", "start"},
                {"$auth.method", "SCRAM"},
                {"$profile.other", "elsewhere"},
                {"$max", "7"},
                {"\"absent\"", "absent"}};
    char text[1024];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text,
                 "vars: {row: {text: deep $id}, bytes: {hex: 41 42}}\n"
                 "each: {p: [3]}\n"
                 "steps:\n"
                 "- {expect: publish, save: {max: qos}}\n"
                 "- {send: connect, client_id: %s, count: 2}",
                 rows[i].text);
        script = made(text, MQTT_5_0);
        check_text(script, send_at(script, 1)->fields[0].value, rows[i].result);
        done(script);
    }
}
END_TEST

START_TEST(a_var_of_random_bytes_is_the_same_everywhere)
{
    struct script *script = made("vars: {big: {random: 64}}\n"
                                 "steps:\n"
                                 "- {send: publish, payload: $big}\n"
                                 "- {expect: publish, payload: $big}\n"
                                 "- {send: publish, payload: {random: 64}}",
                                 MQTT_5_0);
    int64_t salt = send_at(script, 0)->fields[0].value->number;
    const struct matcher *matcher =
        matcher_of(expect_at(script, 1), MQTT_PAYLOAD);

    ck_assert_int_eq(matcher->expression->kind, EXPRESSION_RANDOM);
    ck_assert_int_eq(matcher->expression->number, salt);
    ck_assert_int_ne(send_at(script, 2)->fields[0].value->number, salt);
    done(script);
}
END_TEST

/* ---- matchers ----------------------------------------------------------- */

START_TEST(matchers_are_read_by_their_field)
{
    static const struct {
        const char *packet, *text;
        int field;
        const char *result;
    } rows[] = {
        {"connack", "reason_code: 0x80", MQTT_REASON_CODE, "128"},
        {"connack", "session_present: true", MQTT_SESSION_PRESENT, "1"},
        {"connack", "reason_code: [0, 5]", MQTT_REASON_CODE, "one of 0, 5"},
        {"connack", "server_keep_alive: [absent, 60]", MQTT_SERVER_KEEP_ALIVE,
         "absent or 60"},
        {"connack", "server_keep_alive: present", MQTT_SERVER_KEEP_ALIVE,
         "present"},
        {"connack", "receive_maximum: {from: 1, to: 5}", MQTT_RECEIVE_MAXIMUM,
         "from 1 to 5"},
        {"connack", "receive_maximum: {not: 5}", MQTT_RECEIVE_MAXIMUM, "not 5"},
        {"publish", "payload: {hex: 41}", MQTT_PAYLOAD, "\"A\""},
        {"publish", "payload: [a, b]", MQTT_PAYLOAD, "one of \"a\", \"b\""},
        {"publish", "payload: {starts: a}", MQTT_PAYLOAD,
         "a text that starts with \"a\""},
        {"publish", "payload: {contains: a}", MQTT_PAYLOAD,
         "a text that contains \"a\""},
        {"publish", "payload: {length: {at_least: 2}}", MQTT_PAYLOAD,
         "of length at least 2"},
        {"suback", "reason_code: 1", MQTT_REASON_CODE, "1"},
    };
    char text[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text, "steps: [{expect: %s, %s}]", rows[i].packet,
                 rows[i].text);
        script = made(text, MQTT_5_0);
        check_matcher(script, matcher_of(expect_at(script, 0), rows[i].field),
                      rows[i].result);
        done(script);
    }
}
END_TEST

static const struct matcher *only_matcher(struct script *script)
{
    ck_assert_uint_eq(expect_at(script, 0)->field_count, 1);
    return expect_at(script, 0)->fields[0].matcher;
}

START_TEST(list_fields_compare_lists)
{
    static const struct {
        const char *text;
        enum matcher_kind kind;
        size_t count;
    } rows[] = {
        {"suback, reason_codes: [0, {at_least: 0x80}]", MATCHER_LIST, 2},
        {"suback, reason_codes: {contains: 0x80}", MATCHER_LIST_CONTAINS, 1},
        {"suback, reason_codes: {set: [1, 2]}", MATCHER_SET, 2},
        {"suback, reason_codes: {length: 2}", MATCHER_LENGTH, 1},
        {"publish, subscription_identifier: [1, 2]", MATCHER_SET, 2},
        {"publish, subscription_identifier: 1", MATCHER_SET, 1},
        {"publish, subscription_identifier: absent", MATCHER_ABSENT, 0},
        {"publish, user_property: [[a, b], [c, {starts: d}]]", MATCHER_LIST, 2},
        {"publish, user_property: {contains: [a, b]}", MATCHER_LIST_CONTAINS,
         1},
        {"publish, properties: {exact: [{content_type: t}, {user_property: "
         "[a, b]}]}",
         MATCHER_LIST, 2},
        {"close, how: fin", MATCHER_LIST_CONTAINS, 1},
        {"close, how: [fin, reset]", MATCHER_ONE_OF, 2},
        {"close, how: {not: reset}", MATCHER_NOT, 1},
    };
    char text[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text, "steps: [{expect: %s}]", rows[i].text);
        script = made(text, MQTT_5_0);
        ck_assert_msg(only_matcher(script)->kind == rows[i].kind, "%s",
                      rows[i].text);
        ck_assert_uint_eq(only_matcher(script)->count, rows[i].count);
        done(script);
    }
}
END_TEST

START_TEST(remaining_names_two_marks)
{
    struct script *script =
        made("steps:\n"
             "- {send: publish, mark: stored}\n"
             "- {send: subscribe, mark: asked}\n"
             "- {expect: publish, message_expiry_interval: {remaining: 60, "
             "stored: stored, asked: asked}}",
             MQTT_5_0);
    const struct matcher *matcher =
        matcher_of(expect_at(script, 2), MQTT_MESSAGE_EXPIRY_INTERVAL);

    ck_assert_int_eq(matcher->kind, MATCHER_REMAINING);
    ck_assert_str_eq(matcher->stored, "stored");
    ck_assert_str_eq(matcher->asked, "asked");
    ck_assert_int_eq(number_of(script, matcher->expression), 60);
    done(script);
}
END_TEST

/* ---- expects ------------------------------------------------------------ */

START_TEST(expects_keep_their_keys)
{
    struct script *script = made(
        "steps:\n"
        "- {at: [a, b], expect: publish, count: 5, order: topic, gaps: true, "
        "distinct: packet_id, spread: once, ack: true, "
        "save: {pids: packet_id, all: wire_topic}}\n"
        "- {at: a, expect: publish, count: {from: 1, to: 2}, optional: true}\n"
        "- {at: a, expect: publish, count: any, optional: true}\n"
        "- {at: a, expect: connack, first: true, save: {due: keep_alive}}\n"
        "- {at: a, expect: silence, of: publish, topic: $topic, for: 1s}\n"
        "- {at: a, expect: upgrade, status: 101, accept: valid}\n"
        "- {at: a, expect: tls, version: 1.2}\n"
        "- {at: a, expect: ws_close, code: [1000, 1001]}\n"
        "- {at: a, expect: ws_pong, payload: x}\n"
        "- {at: a, expect: close, linger: true, measure: time}",
        MQTT_5_0);
    const struct expect_step *expect = expect_at(script, 0);

    ck_assert_int_eq(expect->order, ORDER_TOPIC);
    ck_assert(expect->gaps && expect->distinct && expect->spread &&
              expect->ack);
    check_matcher(script, expect->count, "5");
    ck_assert_uint_eq(expect->save_count, 2);
    ck_assert_str_eq(expect->saves[0].name, "pids");
    ck_assert_int_eq(expect->saves[0].field, MQTT_PACKET_ID);
    ck_assert_int_eq(expect->saves[1].field, EVENT_WIRE_TOPIC);
    ck_assert(expect_at(script, 1)->optional);
    ck_assert_int_eq(expect_at(script, 2)->count->kind, MATCHER_ANY);
    ck_assert(expect_at(script, 3)->first);
    ck_assert_int_eq(expect_at(script, 3)->saves[0].field, MQTT_KEEP_ALIVE);
    expect = expect_at(script, 4);
    ck_assert_int_eq(expect->thing, THING_SILENCE);
    ck_assert(expect->of_type);
    ck_assert_int_eq(expect->type, MQTT_PUBLISH);
    ck_assert_ptr_nonnull(matcher_of(expect, MQTT_TOPIC));
    ck_assert_int_eq(number_of(script, expect->duration), SECOND);
    ck_assert_ptr_nonnull(matcher_of(expect_at(script, 5), EVENT_STATUS));
    ck_assert_ptr_nonnull(matcher_of(expect_at(script, 5), EVENT_ACCEPT));
    ck_assert_ptr_nonnull(matcher_of(expect_at(script, 6), EVENT_TLS_VERSION));
    ck_assert_ptr_nonnull(matcher_of(expect_at(script, 7), EVENT_CODE));
    ck_assert_ptr_nonnull(matcher_of(expect_at(script, 8), EVENT_PAYLOAD));
    ck_assert(expect_at(script, 9)->linger);
    ck_assert_str_eq(expect_at(script, 9)->measure, "time");
    done(script);
}
END_TEST

START_TEST(codes_of_a_rejection_belong_to_a_version)
{
    const char *keys = "steps:\n"
                       "- {expect: rejected, reason_code: [0x81, 0x82]}\n"
                       "- {expect: rejected, 3.x: {reason_code: 1}}\n"
                       "- {expect: rejected, 5.0: {reason_code: 0x84}}";
    struct script *script = made(keys, MQTT_5_0);

    check_matcher(script, expect_at(script, 0)->reason_code, "one of 129, 130");
    ck_assert_ptr_null(expect_at(script, 1)->reason_code);
    check_matcher(script, expect_at(script, 2)->reason_code, "132");
    done(script);
    script = made(keys, MQTT_3_1_1);
    ck_assert_ptr_null(expect_at(script, 0)->reason_code);
    check_matcher(script, expect_at(script, 1)->reason_code, "1");
    ck_assert_ptr_null(expect_at(script, 2)->reason_code);
    done(script);
}
END_TEST

START_TEST(what_a_version_has_not_is_not_judged)
{
    const char *keys = "steps:\n"
                       "- {expect: connack, session_present: true}\n"
                       "- {expect: unsuback, reason_code: 0x11}";
    struct script *script = made(keys, MQTT_3_1);

    ck_assert_uint_eq(expect_at(script, 0)->field_count, 0);
    ck_assert_uint_eq(expect_at(script, 1)->field_count, 0);
    done(script);
    script = made(keys, MQTT_5_0);
    ck_assert_uint_eq(expect_at(script, 0)->field_count, 1);
    ck_assert_uint_eq(expect_at(script, 1)->field_count, 1);
    done(script);
}
END_TEST

START_TEST(moments_count_from_marks)
{
    struct script *script =
        made("steps:\n"
             "- {send: connect, mark: start}\n"
             "- {expect: connack, save: {max: keep_alive}}\n"
             "- {expect: close, after: start+$max*1500ms, within: start + 40s, "
             "in_time: start, soft_after: 2s}\n"
             "- {pause: start+1s+$grace}\n"
             "- {pause: 2m}\n"
             "- {mark: now}\n"
             "- {expect: close, level: should, within: $limits.connect}",
             MQTT_5_0);
    const struct step *step = step_at(script, 2);

    ck_assert_str_eq(step_at(script, 0)->mark, "start");
    ck_assert_str_eq(step->expect->after.mark, "start");
    ck_assert_int_eq(number_of(script, step->expect->after.duration),
                     7 * 3 * SECOND / 2);
    ck_assert_str_eq(step->expect->within.mark, "start");
    ck_assert_int_eq(number_of(script, step->expect->within.duration),
                     40 * SECOND);
    ck_assert_str_eq(step->in_time.mark, "start");
    ck_assert_ptr_null(step->in_time.duration);
    ck_assert_ptr_null(step->expect->soft_after.mark);
    ck_assert_int_eq(number_of(script, step->expect->soft_after.duration),
                     2 * SECOND);
    ck_assert_str_eq(step_at(script, 3)->pause.mark, "start");
    ck_assert_int_eq(number_of(script, step_at(script, 3)->pause.duration),
                     6 * SECOND);
    ck_assert_int_eq(number_of(script, step_at(script, 4)->pause.duration),
                     120 * SECOND);
    ck_assert_int_eq(step_at(script, 5)->verb, VERB_MARK);
    ck_assert_str_eq(step_at(script, 5)->mark, "now");
    ck_assert_int_eq(
        number_of(script, step_at(script, 6)->expect->within.duration),
        35 * SECOND);
    done(script);
}
END_TEST

/* ---- with, blocks, switches --------------------------------------------- */

START_TEST(the_most_specific_value_wins)
{
    const char *keys = "vars:\n"
                       "  keep: {keep_alive: 1, client_id: w, 5.0: "
                       "{keep_alive: 2, receive_maximum: 9}}\n"
                       "steps:\n"
                       "- {send: connect, with: $keep}\n"
                       "- {send: connect, with: $keep, keep_alive: 3}\n"
                       "- {send: connect, keep_alive: 4, 3.x: {keep_alive: 5}, "
                       "3.1: {keep_alive: 6}, 5.0: {keep_alive: 7}}";
    static const struct {
        enum mqtt_version version;
        int64_t numbers[3];
    } rows[] = {
        {MQTT_3_1, {1, 3, 6}}, {MQTT_3_1_1, {1, 3, 5}}, {MQTT_5_0, {2, 3, 7}}};

    for (size_t i = 0; i < 3; i++) {
        struct script *script = made(keys, rows[i].version);

        for (size_t j = 0; j < 3; j++)
            ck_assert_int_eq(
                number_of(script,
                          field_of(send_at(script, j), MQTT_KEEP_ALIVE)->value),
                rows[i].numbers[j]);
        ck_assert_int_eq(field_of(send_at(script, 0), MQTT_RECEIVE_MAXIMUM) !=
                             NULL,
                         rows[i].version == MQTT_5_0);
        done(script);
    }
}
END_TEST

START_TEST(blocks_follow_the_version_of_the_client)
{
    struct script *script =
        made("clients: {old: {version: 3.1.1}}\n"
             "steps:\n"
             "- {at: old, send: connect, 5.0: {receive_maximum: 1}}\n"
             "- {at: new, send: connect, 5.0: {receive_maximum: 1}}\n"
             "- {at: old, expect: disconnect, only: 5.0}\n"
             "- {at: [old, new], send: publish, 5.0: {content_type: a}}",
             MQTT_5_0);

    ck_assert_uint_eq(script->steps->child_count, 3);
    check_fields(send_at(script, 0), "");
    check_fields(send_at(script, 1), "receive_maximum");
    check_fields(send_at(script, 2), "");
    done(script);
}
END_TEST

START_TEST(steps_are_switched_off)
{
    static const struct {
        const char *keys;
        bool on;
    } rows[] = {{"only: 5.0", true},
                {"only: 3.1", false},
                {"only: [3.1, tls]", false},
                {"only: [5.0, 3.1, tls]", true},
                {"only: tcp", false},
                {"if: $row.yes", true},
                {"if: $row.no", false},
                {"if: $row.zero", false},
                {"if: $row.gone", false},
                {"if: $row.missing", false},
                {"if: $row.map", true},
                {"unless: $row.no", true},
                {"unless: $row.yes", false},
                {"if: $row.word == abc", true},
                {"if: $row.word == abd", false},
                {"unless: $row.word == abd", true},
                {"only: 5.0, if: $row.no", false}};
    char text[1024];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text,
                 "vars: {row: {yes: true, no: false, zero: 0, gone: absent, "
                 "word: abc, map: {}}}\nsteps:\n"
                 "- {fence: true, %s}\n- {pause: 1s}",
                 rows[i].keys);
        script = made_over(text, MQTT_5_0, NET_TLS);
        ck_assert_msg(script->steps->child_count == (rows[i].on ? 2 : 1), "%s",
                      rows[i].keys);
        done(script);
    }
}
END_TEST

START_TEST(conditions_ask_for_a_row_by_its_name)
{
    static const struct {
        const char *each, *keys;
        bool on;
    } rows[] = {{"[{name: x, a: 1}]", "if: $row.name == x", true},
                {"[{name: x, a: 1}]", "unless: $row.name == x", false},
                {"[{name: x, a: 1}]", "if: $row.name == y", false},
                {"[{name: x, a: 1}]", "unless: $row.name == y", true},
                {"[{name: x, a: 1}]", "if: $row.name", true},
                {"{x: {a: 1}}", "if: $row.name == x", true},
                {"{x: {a: 1}}", "unless: $row.name == x", false},
                {"{x: {name: own}}", "if: $row.name == own", true},
                {"[{a: 1}]", "if: $row.name == 1", true}};
    char text[1024];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text,
                 "each: {row: %s}\nsteps:\n- {fence: true, %s}\n"
                 "- {pause: 1s}",
                 rows[i].each, rows[i].keys);
        script = made(text, MQTT_5_0);
        ck_assert_msg(script->steps->child_count == (rows[i].on ? 2 : 1),
                      "%s of %s", rows[i].keys, rows[i].each);
        done(script);
    }
}
END_TEST

START_TEST(levels_and_judges_come_down)
{
    struct script *script =
        made("level: strict\n"
             "steps:\n"
             "- {fence: true}\n"
             "- {fence: true, level: should, judges: [TEST-2], note: seen}\n"
             "- {level: may, all_of: [{expect: publish}, {expect: suback, "
             "level: must}]}",
             MQTT_5_0);
    const struct step *all = step_at(script, 2);

    ck_assert_int_eq(step_at(script, 0)->level, LEVEL_STRICT);
    ck_assert(!step_at(script, 0)->own_level);
    ck_assert_int_eq(step_at(script, 1)->level, LEVEL_SHOULD);
    ck_assert(step_at(script, 1)->own_level);
    ck_assert_uint_eq(step_at(script, 1)->judge_count, 1);
    ck_assert_str_eq(step_at(script, 1)->judges[0], "TEST-2");
    ck_assert_str_eq(step_at(script, 1)->note, "seen");
    ck_assert_int_eq(all->children[0]->level, LEVEL_MAY);
    ck_assert_int_eq(all->children[1]->level, LEVEL_MUST);
    done(script);
}
END_TEST

/* ---- steps of steps ----------------------------------------------------- */

START_TEST(do_passes_down_to_the_first_send)
{
    struct script *script =
        made("each: {beat: [{send: pingreq}], end: [{close: fin}]}\n"
             "vars: {two: [{pause: 1s}, {send: publish}, {send: pingreq}]}\n"
             "steps:\n"
             "- {at: c, send: connect, mark: beat}\n"
             "- {at: c, do: $beat, in_time: beat+4s, mark: beat, truncate: 1}\n"
             "- {at: d, do: $two, mark: other}\n"
             "- {at: e, do: $end, mark: end}\n"
             "- {pause: other+1s}\n"
             "- {pause: end+1s}\n"
             "- {at: c, expect: close}",
             MQTT_5_0);
    const struct step *body = step_at(script, 1);

    ck_assert_int_eq(body->verb, VERB_SEQUENCE);
    ck_assert_ptr_null(body->mark);
    ck_assert_uint_eq(body->child_count, 1);
    ck_assert_str_eq(body->children[0]->mark, "beat");
    ck_assert_str_eq(body->children[0]->in_time.mark, "beat");
    ck_assert_int_eq(number_of(script, body->children[0]->send->truncate), 1);
    check_text(script, body->children[0]->at[0], "c");
    body = step_at(script, 2);
    ck_assert_uint_eq(body->child_count, 3);
    ck_assert_ptr_null(body->children[0]->mark);
    ck_assert_str_eq(body->children[1]->mark, "other");
    ck_assert_ptr_null(body->children[2]->mark);
    check_text(script, body->children[2]->at[0], "d");
    ck_assert_str_eq(step_at(script, 3)->children[0]->mark, "end");
    done(script);
}
END_TEST

START_TEST(repeats_have_counters)
{
    struct script *script =
        made("steps:\n"
             "- repeat: 4\n"
             "  as: k\n"
             "  do:\n"
             "  - {at: c$k, send: connect}\n"
             "  - {at: c$k, send: publish, payload: $i-$k, count: 2}\n"
             "- {at: c$i, close: reset, count: 3}\n"
             "- repeat: 2\n"
             "  do: {at: x$i, fence: true}",
             MQTT_5_0);
    const struct step *step = step_at(script, 0);

    ck_assert_int_eq(step->verb, VERB_REPEAT);
    ck_assert_str_eq(step->name, "k");
    ck_assert_int_eq(number_of(script, step->count), 4);
    ck_assert_int_eq(step->children[0]->verb, VERB_SEQUENCE);
    check_text(script, step->children[0]->children[0]->at[0], "c3");
    check_text(script, step->children[0]->children[1]->send->fields[0].value,
               "2-3");
    step = step_at(script, 1);
    ck_assert_int_eq(step->verb, VERB_REPEAT);
    ck_assert_str_eq(step->name, "i");
    ck_assert_int_eq(step->children[0]->children[0]->verb, VERB_CLOSE);
    ck_assert_int_eq(step->children[0]->children[0]->close, NET_CLOSE_RESET);
    step = step_at(script, 2);
    check_text(script, step->children[0]->children[0]->at[0], "x2");
    done(script);
}
END_TEST

START_TEST(groups_hold_their_members)
{
    struct script *script =
        made("steps:\n"
             "- all_of:\n"
             "  - {expect: suback}\n"
             "  - [{expect: pubrel, save: {pid: packet_id}}, "
             "{send: pubcomp, packet_id: $pid}]\n"
             "- any_of:\n"
             "  - {expect: connack, reason_code: 0, note: accepted}\n"
             "  - note: both\n"
             "    all_of: [{expect: publish}, {expect: puback}]\n"
             "  - [{expect: close}, {pause: 1s}]\n"
             "- parallel:\n"
             "  - - {send: publish, packet_id: $pid, qos: 1}\n"
             "  - - {repeat: 2, do: [{send: pingreq, ack: true}]}",
             MQTT_5_0);

    ck_assert_int_eq(step_at(script, 0)->verb, VERB_ALL_OF);
    ck_assert_int_eq(step_at(script, 0)->children[1]->verb, VERB_SEQUENCE);
    ck_assert_int_eq(step_at(script, 1)->verb, VERB_ANY_OF);
    ck_assert_uint_eq(step_at(script, 1)->child_count, 3);
    ck_assert_str_eq(step_at(script, 1)->children[0]->note, "accepted");
    ck_assert_int_eq(step_at(script, 1)->children[1]->verb, VERB_ALL_OF);
    ck_assert_str_eq(step_at(script, 1)->children[1]->note, "both");
    ck_assert_int_eq(step_at(script, 2)->verb, VERB_PARALLEL);
    ck_assert_int_eq(step_at(script, 2)->children[1]->verb, VERB_SEQUENCE);
    ck_assert(step_at(script, 2)
                  ->children[1]
                  ->children[0]
                  ->children[0]
                  ->children[0]
                  ->send->ack);
    done(script);
}
END_TEST

START_TEST(opening_keeps_its_keys)
{
    struct script *script =
        made_over("each: {offer: [[foo, mqtt]], n: [40]}\n"
                  "steps:\n"
                  "- {open: ws, path: /x, headers: {Origin: here, Host: "
                  "absent}, header_case: lower, "
                  "subprotocol: $offer, upgrade: manual}\n"
                  "- {open: default, bare: true, subprotocol: [], upgrade: "
                  "{stop_after: 10}}\n"
                  "- {open: tls, tls: {version: 1.2, certificate: expired, "
                  "server_name: other, stop_after: $n}, handshake: manual, "
                  "receive_buffer: 4096}\n"
                  "- {reading: off}\n"
                  "- {reading: on}\n"
                  "- {close: half}\n"
                  "- {reach: pubrel}",
                  MQTT_5_0, NET_WS);
    const struct open_step *open = step_at(script, 0)->open;

    ck_assert(open->has_transport);
    ck_assert_int_eq(open->transport, NET_WS);
    ck_assert_str_eq(open->path, "/x");
    ck_assert_uint_eq(open->header_count, 2);
    ck_assert_str_eq(open->headers[0].value, "here");
    ck_assert_ptr_null(open->headers[1].value);
    ck_assert(!open->bare);
    ck_assert(open->lower_case_headers && open->manual_upgrade);
    ck_assert_uint_eq(open->subprotocol_count, 2);
    ck_assert_str_eq(open->subprotocols[0], "foo");
    open = step_at(script, 1)->open;
    ck_assert(!open->has_transport && open->has_subprotocols && open->bare);
    ck_assert_uint_eq(open->subprotocol_count, 0);
    ck_assert_int_eq(number_of(script, open->upgrade_stop_after), 10);
    open = step_at(script, 2)->open;
    ck_assert_int_eq(open->tls_version, NET_TLS_1_2);
    ck_assert_str_eq(open->certificate, "expired");
    ck_assert_str_eq(open->server_name, "other");
    ck_assert_int_eq(number_of(script, open->tls_stop_after), 40);
    ck_assert(open->manual_handshake);
    ck_assert_int_eq(open->receive_buffer, 4096);
    ck_assert(!step_at(script, 3)->reading);
    ck_assert(step_at(script, 4)->reading);
    ck_assert_int_eq(step_at(script, 5)->close, NET_CLOSE_HALF);
    ck_assert_int_eq(step_at(script, 6)->reach, MQTT_PUBREL);
    done(script);
}
END_TEST

START_TEST(rows_are_substituted_as_trees)
{
    struct script *script =
        made("each:\n"
             "  row:\n"
             "  - {name: first, fields: {qos: 1, with: $more}, codes: [0, 1], "
             "steps: [{send: pingreq}, {fence: true}]}\n"
             "vars: {more: {retain: $kept}, kept: true}\n"
             "steps:\n"
             "- {send: publish, with: $row.fields}\n"
             "- {expect: puback, reason_code: $row.codes}\n"
             "- {do: $row.steps}",
             MQTT_5_0);

    ck_assert_str_eq(script->rows, "row=first");
    check_fields(send_at(script, 0), "qos retain");
    ck_assert_int_eq(number_of(script, send_at(script, 0)->fields[1].value), 1);
    check_matcher(script, matcher_of(expect_at(script, 1), MQTT_REASON_CODE),
                  "one of 0, 1");
    ck_assert_uint_eq(step_at(script, 2)->child_count, 2);
    done(script);
}
END_TEST

/* ---- waits -------------------------------------------------------------- */

START_TEST(waits_are_estimated)
{
    static const struct {
        const char *steps;
        int64_t ns;
    } rows[] = {
        {"- {fence: true}", 0},
        {"- {pause: 2s}\n- {pause: 500ms}", 5 * SECOND / 2},
        {"- {expect: silence, for: 3s}", 3 * SECOND},
        {"- {repeat: 4, do: [{pause: 2s}]}", 8 * SECOND},
        {"- {parallel: [[{pause: 2s}], [{pause: 1s}, {pause: 3s}]]}",
         4 * SECOND},
        {"- {expect: close, level: should, within: $limits.connect}",
         35 * SECOND},
        {"- {expect: close, after: 6s}", 6 * SECOND},
        {"- {expect: close, after: 6s, optional: true}", 0},
        {"- {pause: 1s+$grace}", 6 * SECOND},
        {"- {send: publish, split: [1, 2, 3], gap: 1s}", 3 * SECOND},
        {"- {send: publish, split: [1, 2], gap: 1s, background: true}", 0},
    };
    char text[512];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script *script;

        snprintf(text, sizeof text, "given: [{fence: true}]\nsteps:\n%s",
                 rows[i].steps);
        script = made(text, MQTT_5_0);
        ck_assert_msg(script->wait == rows[i].ns, "%s: %lld", rows[i].steps,
                      (long long)script->wait);
        done(script);
    }
}
END_TEST

START_TEST(verbs_have_names)
{
    ck_assert_str_eq(verb_name(VERB_SEND), "send");
    ck_assert_str_eq(verb_name(VERB_PARALLEL), "parallel");
    ck_assert_str_eq(verb_name(VERB_SEQUENCE), "sequence");
}
END_TEST

START_TEST(a_text_has_one_variant)
{
    struct diagnostics found;

    ck_assert(diagnostics_begin(&found));
    ck_assert_ptr_null(script_of_text(
        "{id: a/b, title: A, statements: {all: [A]}, each: {p: [1, 2]}, "
        "steps: [{fence: true}]}",
        MQTT_5_0, NET_TCP, &found));
    ck_assert_uint_eq(found.errors, 1);
    ck_assert_ptr_null(script_of_text("[", MQTT_5_0, NET_TCP, &found));
    diagnostics_end(&found);
}
END_TEST

Suite *compile_suite(void);
Suite *compile_suite(void)
{
    Suite *suite = suite_create("compile");
    TCase *tests = tcase_create("compile");

    tcase_add_test(tests, the_script_describes_its_variant);
    tcase_add_test(tests, a_row_has_requirements_of_its_own);
    tcase_add_test(tests, steps_know_their_clients);
    tcase_add_test(tests, fields_keep_the_order_of_the_file);
    tcase_add_test(tests, a_will_is_nested);
    tcase_add_test(tests, filters_come_before_their_options);
    tcase_add_test(tests, properties_may_be_an_exact_list);
    tcase_add_test(tests, damage_is_kept_as_stated);
    tcase_add_test(tests, delivery_belongs_to_sends_and_together);
    tcase_add_test(tests, data_is_put_together);
    tcase_add_test(tests, numbers_are_calculated);
    tcase_add_test(tests, texts_are_joined);
    tcase_add_test(tests, a_var_of_random_bytes_is_the_same_everywhere);
    tcase_add_test(tests, matchers_are_read_by_their_field);
    tcase_add_test(tests, list_fields_compare_lists);
    tcase_add_test(tests, remaining_names_two_marks);
    tcase_add_test(tests, expects_keep_their_keys);
    tcase_add_test(tests, codes_of_a_rejection_belong_to_a_version);
    tcase_add_test(tests, what_a_version_has_not_is_not_judged);
    tcase_add_test(tests, moments_count_from_marks);
    tcase_add_test(tests, the_most_specific_value_wins);
    tcase_add_test(tests, blocks_follow_the_version_of_the_client);
    tcase_add_test(tests, steps_are_switched_off);
    tcase_add_test(tests, conditions_ask_for_a_row_by_its_name);
    tcase_add_test(tests, levels_and_judges_come_down);
    tcase_add_test(tests, do_passes_down_to_the_first_send);
    tcase_add_test(tests, repeats_have_counters);
    tcase_add_test(tests, groups_hold_their_members);
    tcase_add_test(tests, opening_keeps_its_keys);
    tcase_add_test(tests, rows_are_substituted_as_trees);
    tcase_add_test(tests, waits_are_estimated);
    tcase_add_test(tests, verbs_have_names);
    tcase_add_test(tests, a_text_has_one_variant);
    suite_add_tcase(suite, tests);
    return suite;
}
