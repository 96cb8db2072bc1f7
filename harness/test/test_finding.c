/* What a finding says of what was expected and what came. */
#include "test/world.h"

#include <check.h>
#include <stdio.h>

#define HEAD                                                                   \
    "area: test\n"                                                             \
    "cases:\n"                                                                 \
    "- id: test/case\n"                                                        \
    "  title: A test\n"                                                        \
    "  statements: {all: [BEYOND-connect-1]}\n"                                \
    "  exclusive: true\n"                                                      \
    "  steps:\n"                                                               \
    "  - {send: connect, ack: true}\n"
#define ANY_OF                                                                 \
    "  - {send: subscribe, filter: a, ack: false}\n"                           \
    "  - any_of:\n"                                                            \
    "    - [{expect: suback, reason_codes: [2]}, {expect: close}]\n"           \
    "    - any_of:\n"                                                          \
    "      - {expect: disconnect, reason_code: 0x83}\n"                        \
    "      - {expect: publish, payload: x}\n"                                  \
    "    - {expect: close}\n"
#define EXPECTED                                                               \
    "SUBACK with reason_code: the list [0x02]\n"                               \
    "or DISCONNECT with reason_code: 0x83\n"                                   \
    "or PUBLISH with payload: \"x\"\n"                                         \
    "or the broker closes the connection"

static const struct row {
    const char *steps;
    const char *bytes; /* of the broker, behind its CONNACK; NULL: none */
    const char *expected, *actual;
} rows[] = {
    /* All that the standard allows, whichever of it was missed. */
    {ANY_OF, "90 04 00 01 00 00", EXPECTED,
     "SUBACK packet_id=1 reason_code=0x00\n"
     "reason_code: [0x00] instead of the list [0x02]"},
    {ANY_OF, NULL, EXPECTED, ""},
    /* What follows in an alternative is expected alone. */
    {ANY_OF, "90 04 00 01 00 02", "the broker closes the connection",
     "nothing"},
    /* Only the fields that are wrong. */
    {"  - {expect: publish, topic: a, payload: y, qos: 1, content_type: t}\n",
     "30 05 00 01 61 00 78",
     "PUBLISH with topic: \"a\", payload: \"y\", qos: 1, content_type: \"t\"",
     "PUBLISH dup=0 qos=0 retain=0 topic=\"a\" payload=\"x\"\n"
     "payload: \"x\" instead of \"y\"\n"
     "qos: 0 instead of 1\n"
     "content_type: absent instead of \"t\""},
    {"  - all_of:\n"
     "    - {expect: publish, payload: y}\n"
     "    - {expect: publish, payload: z}\n",
     "30 05 00 01 61 00 78",
     "PUBLISH with payload: \"y\"\nor PUBLISH with payload: \"z\"",
     "PUBLISH dup=0 qos=0 retain=0 topic=\"a\" payload=\"x\""},
    /* A secret stays one. */
    {"  - {expect: auth, authentication_data: sesame}\n",
     "f0 11 18 0f 15 00 01 6d 16 00 08 70 61 73 73 77 6f 72 64",
     "AUTH with authentication_data: ***",
     "AUTH reason_code=0x18 (Continue authentication) "
     "authentication_method=\"m\" authentication_data=***\n"
     "authentication_data: *** instead of ***"},
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(test_texts)
{
    const struct row *row = &rows[_i];
    struct world world = {.answers = true, .connack_only = true};
    char yaml[2000];
    snprintf(yaml, sizeof yaml, HEAD "%s", row->steps);
    world_begin(&world, yaml, MQTT_5_0);
    if (row->bytes)
        world_bytes(&world, 0, row->bytes);
    ck_assert_int_eq(world_verdict(&world), VERDICT_FAIL);
    const struct finding *finding = &world_record(&world)->finding;
    ck_assert_str_eq(finding->expected, row->expected);
    ck_assert_str_eq(finding->actual, row->actual);
    world_end(&world);
}
END_TEST

Suite *finding_suite(void);
Suite *finding_suite(void)
{
    Suite *suite = suite_create("finding");
    TCase *tcase = tcase_create("finding");
    tcase_add_loop_test(tcase, test_texts, 0, ROWS);
    suite_add_tcase(suite, tcase);
    return suite;
}
