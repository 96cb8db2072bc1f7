/* cli/diagram.c: a case as a sequence diagram in text. */
#include "golden_report.h"

#include "cli/diagram.h"

#include <check.h>

Suite *diagram_suite(void);

#define GOLDEN "harness/test/golden/report/diagram.txt"

/* Every verb, groups within groups, and labels that need several lines. */
static const char all_verbs[] =
    "id: a/b\n"
    "title: t\n"
    "exclusive: true\n"
    "versions: [5.0]\n"
    "statements: {5.0: [X-1]}\n"
    "given:\n"
    "- {at: one, send: connect, ack: true, client_id: $id, will: {payload: "
    "w}}\n"
    "steps:\n"
    "- {at: two, open: default, mark: begin}\n"
    "- {at: two, send: bytes, data: {hex: 10 00}}\n"
    "- {at: two, expect: rejected, reason_code: [0x81, 0x82]}\n"
    "- {at: one, send: publish, qos: 1, payload: {repeat: x, times: 300},\n"
    "   topic: $topic/a/rather/long/name/that/needs/more/than/one/line/of/it}\n"
    "- all_of:\n"
    "  - {at: one, expect: puback, reason_code: [0, 0x10]}\n"
    "  - any_of:\n"
    "    - {at: one, expect: silence, for: 1s}\n"
    "    - - {at: one, expect: publish, count: 2}\n"
    "      - {at: one, fence: true}\n"
    "- {pause: begin+20ms}\n"
    "- repeat: 3\n"
    "  do:\n"
    "  - {at: one, send: pingreq, ack: true}\n"
    "- {broker: restart}\n"
    "- {mark: restarted}\n"
    "- {at: one, expect: close, after: begin+1s, optional: true}\n"
    "- {at: one, close: reset}\n";

START_TEST(a_diagram_shows_every_verb)
{
    struct diagnostics diagnostics;
    struct buffer out = buffer_make(1 << 20);
    ck_assert(diagnostics_begin(&diagnostics));
    struct script *script =
        script_of_text(all_verbs, MQTT_5_0, NET_TCP, &diagnostics);
    diagnostics_print(&diagnostics, &out);
    ck_assert_msg(script != NULL, "%s", buffer_string(&out));
    buffer_clear(&out);
    diagram_put(&out, script);
    golden_report(GOLDEN, buffer_string(&out));
    script_free(script);
    buffer_free(&out);
    diagnostics_end(&diagnostics);
}
END_TEST

Suite *diagram_suite(void)
{
    Suite *suite = suite_create("diagram");
    TCase *tcase = tcase_create("diagram");
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, a_diagram_shows_every_verb);
    return suite;
}
