/* script/script.h: selectors over variants. */
#include "script/script.h"
#include <check.h>
#include <string.h>

static const char *const statements[] = {"MQTT-3.1.4-3", "MQTT-4.13.1-1"};
static const struct variant variant = {
    .id = "takeover/late-ping@5.0+tls[code=0x81,a/b]",
    .case_id = "takeover/late-ping",
    .area = "takeover",
    .version = MQTT_5_0,
    .transport = NET_TLS,
    .level = LEVEL_SHOULD,
    .statements = statements,
    .statement_count = 2,
};

static const struct row {
    const char *selector;
    bool matches;
} rows[] = {
    /* prefixes */
    {"takeover/late-ping@5.0+tls[code=0x81,a/b]", true},
    {"takeover/late-ping@5.0+tls", true},
    {"takeover/late-ping@5.0", true},
    {"takeover/late-ping@", true},
    {"takeover/late-ping", true},
    {"takeover/", true},
    {"takeover", true},
    {"takeover/late", false},
    {"takeover/late-ping@5", false},
    {"take", false},
    {"late-ping", false},
    {"takeover/late-ping@5.0+tls[code=0x81,a/b]x", false},
    /* globs */
    {"*", true},
    {"takeover/*", true},
    {"*late*", true},
    {"*@5.0+tls*", true},
    {"*@5.0", false},
    {"takeover/late-pin?@*", true},
    {"takeover/late-pin?", false},
    {"*[code=0x8?,a/b]", true},
    {"*p*p*p*", false},
    {"t*e*r*]", true},
    {"takeover/late-ping@5.0+tls[code=0x81,a/b]*", true},
    {"**", true},
    {"?", false},
    /* keys */
    {"area=takeover", true},
    {"area=take*", true},
    {"area=take", false},
    {"statement=MQTT-3.1.4-3", true},
    {"statement=MQTT-4.13.1-1", true},
    {"statement=MQTT-4.*", true},
    {"statement=MQTT-3.1.4", false},
    {"version=5.0", true},
    {"version=3.1.1", false},
    {"level=should", true},
    {"level=must", false},
    {"transport=tls", true},
    {"transport=wss", false},
};

START_TEST(chooses_variants)
{
    struct selector selector = {.text = rows[_i].selector};
    char error[200];
    ck_assert_msg(selector_matches(&selector, &variant) == rows[_i].matches,
                  "%s", rows[_i].selector);
    ck_assert_uint_eq(selector.matched, rows[_i].matches);
    ck_assert(selector_check(rows[_i].selector, error, sizeof error));
}
END_TEST

START_TEST(counts_what_it_matched)
{
    struct selector selector = {.text = "takeover"};
    struct variant other = variant;
    other.id = "will/late-ping@5.0+tls";
    selector_matches(&selector, &variant);
    selector_matches(&selector, &other);
    selector_matches(&selector, &variant);
    ck_assert_uint_eq(selector.matched, 2);
}
END_TEST

static const struct fault {
    const char *selector, *error;
} faults[] = {
    {"", "the selector is empty"},
    {"versoin=5.0",
     "'versoin' is not a key of a selector: expected one of area, statement, "
     "version, level, transport; did you mean 'version'?"},
    {"colour=red", "'colour' is not a key of a selector: expected one of area, "
                   "statement, version, level, transport"},
    {"version=5", "'5' is not a version of a selector: expected one of 3.1, "
                  "3.1.1, 5.0"},
    {"level=shuold",
     "'shuold' is not a level of a selector: expected one of must, should, "
     "may, strict; did you mean 'should'?"},
    {"transport=udp", "'udp' is not a transport of a selector: expected one "
                      "of tcp, tls, ws, wss"},
    {"area=", "the selector says no area behind '='"},
    {"statement=", "the selector says no statement behind '='"},
};

START_TEST(refuses_what_is_no_selector)
{
    char error[300];
    ck_assert(!selector_check(faults[_i].selector, error, sizeof error));
    ck_assert_str_eq(error, faults[_i].error);
    char small[8];
    ck_assert(!selector_check(faults[_i].selector, small, sizeof small));
    ck_assert_uint_eq(strlen(small), sizeof small - 1);
}
END_TEST

START_TEST(names_levels)
{
    ck_assert_str_eq(level_name(LEVEL_MUST), "must");
    ck_assert_str_eq(level_name(LEVEL_SHOULD), "should");
    ck_assert_str_eq(level_name(LEVEL_MAY), "may");
    ck_assert_str_eq(level_name(LEVEL_STRICT), "strict");
}
END_TEST

Suite *selector_suite(void)
{
    Suite *suite = suite_create("selector");
    TCase *tests = tcase_create("selector");
    tcase_add_loop_test(tests, chooses_variants, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, counts_what_it_matched);
    tcase_add_loop_test(tests, refuses_what_is_no_selector, 0,
                        (int)(sizeof faults / sizeof *faults));
    tcase_add_test(tests, names_levels);
    suite_add_tcase(suite, tests);
    return suite;
}
