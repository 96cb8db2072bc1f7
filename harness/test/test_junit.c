/* report/junit.c: what readers of JUnit files demand. Read back with
 * xmllint and with python3-junitparser, which both must be there. */
#include "sample_run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)64 * 1024 * 1024)
#define XSD "harness/test/xsd/junit-strict.xsd"

Suite *junit_suite(void);

static struct junit_options options_of(bool plain_form)
{
    return (struct junit_options){.plain_form = plain_form,
                                  .texts = sample_texts()};
}

static struct buffer written(const struct run_record *run,
                             struct junit_options options)
{
    struct buffer out = buffer_make(DOCUMENT_MAX);
    ck_assert(junit_write(run, &options, &out));
    return out;
}

/* A second reader's view of the file: for each suite its counters and those
 * that its cases add up to, for each case its class, name and result. */
static const char reader[] =
    "/usr/bin/python3 - '%s' <<'END'\n"
    "import sys\n"
    "from junitparser import JUnitXml, Failure, Error, Skipped\n"
    "xml = JUnitXml.fromfile(sys.argv[1])\n"
    "total = [0, 0, 0, 0]\n"
    "names = set()\n"
    "for suite in xml:\n"
    "    seen = [0, 0, 0, 0]\n"
    "    for case in suite:\n"
    "        kinds = [type(r).__name__ for r in case.result]\n"
    "        assert len(kinds) <= 1, kinds\n"
    "        assert case.name and case.classname, case\n"
    "        assert (case.classname, case.name) not in names, case.name\n"
    "        names.add((case.classname, case.name))\n"
    "        kind = kinds[0] if kinds else 'Passed'\n"
    "        seen[0] += 1\n"
    "        seen[1] += kind == 'Failure'\n"
    "        seen[2] += kind == 'Error'\n"
    "        seen[3] += kind == 'Skipped'\n"
    "        message = case.result[0].message if kinds else None\n"
    "        type_ = case.result[0].type if kinds else None\n"
    "        print(case.classname, case.name, kind, type_, message, sep='|')\n"
    "    told = [suite.tests, suite.failures, suite.errors, suite.skipped]\n"
    "    assert seen == told, (suite.name, seen, told)\n"
    "    total = [a + b for a, b in zip(total, seen)]\n"
    "    print('suite', suite.name, *told, '%%.3f' %% suite.time, sep='|')\n"
    "assert total[:3] == [xml.tests, xml.failures, xml.errors], total\n"
    "print('all', *total, sep='|')\n"
    "END\n";

/* Validates the document and gives the second reader's view of it. */
static const char *read_back(struct buffer *document, bool plain_form)
{
    static char view[1024 * 1024];
    char command[sizeof reader + 512];
    const char *path = sample_file("junit.xml", buffer_slice(document));
    snprintf(command, sizeof command, "xmllint --noout %s%s '%s' 2>&1",
             plain_form ? "--schema " : "", plain_form ? XSD : "", path);
    int status = sample_command(command, view, sizeof view);
    ck_assert_msg(status == 0, "xmllint: %d\n%.3000s", status, view);
    snprintf(command, sizeof command, reader, path);
    status = sample_command(command, view, sizeof view);
    ck_assert_msg(status == 0, "python3 with junitparser: %d\n%.3000s", status,
                  view);
    return view;
}

static void check_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in:\n%.3000s",
                  part, text);
}

static void check_not(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in it", part);
}

/* ---- the mapping of verdicts ------------------------------------------- */

START_TEST(test_verdicts)
{
    struct buffer out = written(sample_run(), options_of(false));
    const char *view = read_back(&out, false);
    static const char *const parts[] = {
        "mqtt.v3_1_1.connect|connect/accepted@3.1.1+tcp|Passed|None|None\n",
        "mqtt.v5_0.takeover|takeover/old-connection-is-closed@5.0+tcp|Failure|"
        "not-closed|the connection was not closed\n",
        "mqtt.v5_0.takeover|takeover/old-connection-is-closed@5.0+ws|Passed|",
        "mqtt.v5_0.shared|shared/one-of-many@5.0+tcp|Skipped|None|the broker "
        "does not offer shared subscriptions\n",
        "mqtt.v5_0.session|session/expires@5.0+tcp[end=reset]|Skipped|None|"
        "inconclusive: given: the broker granted a session expiry of 0 s\n",
        "mqtt.v3_1_1.tls|tls/old-version@3.1.1+tls|Error|harness|our TLS ",
        "mqtt.v5_0.publish|publish/large@5.0+tcp[size=3000]|Passed|",
        "mqtt.v3_1.publish|publish/empty-topic@3.1+tcp|Skipped|None|known: "
        "V3.1-PUBLISH-2: the broker's documentation says",
        "mqtt.v5_0.retain|retain/cleared@5.0+tcp|Failure|unexpected-pass|",
        "mqtt.v5_0.will|will/delayed@5.0+tcp|Skipped|None|not run: the run was "
        "interrupted before it\n",
        "mqtt.v5_0.passive|passive/MQTT-2.1.3-1@5.0: reserved flags of the "
        "fixed header are not as prescribed|Failure|wrong-packet|",
        "mqtt.v3_1_1.passive|passive@3.1.1: a packet is repeated on a live "
        "connection|Skipped|None|known: documented: ",
        "suite|takeover, MQTT 5.0, tcp|1|1|0|0|30.001\n",
        "suite|takeover, MQTT 5.0, ws|1|0|0|0|0.012\n",
        "suite|publish, MQTT 5.0, tcp|1|0|0|0|0.024\n",
        "all|13|3|1|5\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        check_has(view, parts[i]);
    buffer_free(&out);
}
END_TEST

START_TEST(test_details)
{
    struct buffer out = written(sample_run(), options_of(false));
    const char *text = buffer_string(&out);
    check_has(text,
              "<flakyFailure type=\"wrong-field\" message=\"failed once,");
    check_has(text, "file=\"harness/test/golden/console/takeover.yaml\" "
                    "line=\"3\"");
    check_has(text, "the Server sends the old client DISCONNECT");
    check_has(text, "11 |   - {at: first, expect: close}");
    check_has(text, "--&gt; CONNECT client_id=&quot;m1a7k&quot;");
    check_has(text, "10 12 00 04 4d 51 54 54");
    check_has(text, "repeat it   mqttspec run mqtt://127.0.0.1:1883 takeover/");
    check_has(text, "<system-out>  note        the broker counts whole");
    check_has(text, "close after the last packet: 6.080 s (1.52 \u00d7 keep");
    check_has(text, "timestamp=\"2025-11-23T12:44:18\"");
    check_not(text, "CDATA");
    check_not(text, "<properties");
    buffer_free(&out);
}
END_TEST

START_TEST(test_plain_form)
{
    struct buffer out = written(sample_run(), options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "all|13|3|1|5\n");
    const char *text = buffer_string(&out);
    check_not(text, " file=");
    check_not(text, " line=");
    check_not(text, "flakyFailure");
    check_not(text, "<skipped message");
    check_has(text, "second play Repeated alone, it passed.");
    buffer_free(&out);
}
END_TEST

START_TEST(test_strict_warnings)
{
    struct junit_options options = options_of(true);
    options.strict = true;
    struct buffer out = written(sample_run(), options);
    const char *view = read_back(&out, true);
    check_has(view, "old-connection-is-closed@5.0+ws|Failure|missing-packet|no "
                    "DISCONNECT came\n");
    check_has(view, "all|13|4|1|5\n");
    buffer_free(&out);
}
END_TEST

/* Neither the order of decision nor a repetition may change a name. */
START_TEST(test_names)
{
    struct run_record *run = sample_run();
    struct result last = run->results[run->count - 1];
    memmove(run->results + 1, run->results,
            (run->count - 1) * sizeof *run->results);
    run->results[0] = last;
    struct buffer moved = written(run, options_of(false));
    struct buffer out = written(sample_run(), options_of(false));
    ck_assert(slice_equal(buffer_slice(&out), buffer_slice(&moved)));
    buffer_free(&out);
    buffer_free(&moved);
    run = sample_run();
    run->results[1] = run->results[0];
    run->results[2] = run->results[0];
    out = written(run, options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "|connect/accepted@3.1.1+tcp|");
    check_has(view, "|connect/accepted@3.1.1+tcp #2|");
    check_has(view, "|connect/accepted@3.1.1+tcp #3|");
    buffer_free(&out);
}
END_TEST

/* ---- hostile texts ----------------------------------------------------- */

/* Every byte but NUL, in every place that a text can reach. */
START_TEST(test_all_bytes)
{
    static char bytes[257];
    struct run_record *run = sample_run();
    for (size_t i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    struct result *failed = sample_result(run, VERDICT_FAIL);
    failed->title = failed->repeat_command = bytes;
    failed->source.file = bytes;
    failed->play->finding.message = failed->play->finding.actual = bytes;
    failed->play->finding.source.file = bytes;
    failed->play->said[0].text = failed->play->said[0].client = bytes;
    sample_result(run, VERDICT_SKIP)->reason = bytes;
    sample_result(run, VERDICT_PASS)->variant_id = bytes;
    sample_result(run, VERDICT_WARN)->area = bytes;
    run->passive[0].rule = run->passive[0].detail = bytes;
    run->trouble = bytes;
    struct buffer out = written(run, options_of(_i));
    read_back(&out, _i);
    const char *text = buffer_string(&out);
    for (size_t i = 0; i < out.size; i++)
        ck_assert((uint8_t)text[i] >= 0x20 || text[i] == '\n');
    check_has(text, "\\x01\\x02\\x03");
    check_has(text, "\\x1f !&quot;#$%&amp;'()*+");
    check_has(text, ";&lt;=&gt;?");
    check_has(text, "~\\x7f\\x80");
    check_has(text, "\\xfe\\xff");
    buffer_free(&out);
}
END_TEST

START_TEST(test_attributes)
{
    struct run_record *run = sample_run();
    struct result *result = sample_result(run, VERDICT_PASS);
    result->source = (struct source){"a \"quoted\"\nname\t]]>&'<.yaml", 1, 1};
    result->variant_id = "\xed\xa0\x80\xef\xbf\xbe\xf4\x90\x80\x80\xc0\x80";
    struct buffer out = written(run, options_of(false));
    read_back(&out, false);
    const char *text = buffer_string(&out);
    check_has(text, "file=\"a &quot;quoted&quot;&#10;name&#9;]]&gt;&amp;'&lt;"
                    ".yaml\"");
    check_has(text, "name=\"\\xed\\xa0\\x80\\xef\\xbf\\xbe\\xf4\\x90\\x80\\x80"
                    "\\xc0\\x80\"");
    buffer_free(&out);
}
END_TEST

/* ---- ends of a run ----------------------------------------------------- */

START_TEST(test_nothing_run)
{
    struct buffer out = written(sample_empty_run(), options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "mqtt.run|selection|Error|run|nothing was run\n"
                    "suite|run|1|0|1|0|0.000\n");
    buffer_free(&out);
}
END_TEST

START_TEST(test_trouble_alone)
{
    struct run_record *run = sample_empty_run();
    run->trouble = "no such profile";
    struct buffer out = written(run, options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "mqtt.run|run|Error|run|no such profile\n");
    check_has(view, "all|1|0|1|0\n");
    buffer_free(&out);
}
END_TEST

START_TEST(test_unreachable)
{
    struct run_record *run = sample_empty_run();
    run->unreachable = true;
    run->trouble = "connection refused";
    struct buffer out = written(run, options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "mqtt.run|target|Error|run|the target cannot be reached: "
                    "connection refused\n");
    buffer_free(&out);
}
END_TEST

START_TEST(test_interrupted)
{
    struct run_record *run = sample_run();
    run->interrupted = true;
    run->died = true;
    struct buffer out = written(run, options_of(true));
    const char *view = read_back(&out, true);
    check_has(view, "mqtt.run|interruption|Error|run|the run was interrupted");
    check_has(view, "mqtt.run|broker|Error|run|the broker died during the run");
    check_has(view, "will/delayed@5.0+tcp|Skipped|None|");
    check_has(view, "all|15|3|3|5\n");
    buffer_free(&out);
}
END_TEST

/* ---- sizes ------------------------------------------------------------- */

#define GREAT_COUNT 100
#define GREAT_LIMIT ((size_t)1500 * 1000)

/* Many failures, each with a long conversation. */
static struct run_record *great_run(void)
{
    static struct said said[400];
    static struct result results[GREAT_COUNT];
    static char ids[GREAT_COUNT][64];
    static char text[300];
    struct run_record *run = sample_run();
    struct result *failed = sample_result(run, VERDICT_FAIL);
    memset(text, '<', sizeof text - 1);
    for (size_t i = 0; i < 400; i++)
        said[i] = (struct said){.kind = SAID_NOTE, .client = "c", .text = text};
    failed->play->said = said;
    failed->play->said_count = 400;
    for (size_t i = 0; i < GREAT_COUNT; i++) {
        results[i] = *failed;
        snprintf(ids[i], sizeof ids[i], "takeover/case-%04zu@5.0+tcp", i);
        results[i].variant_id = ids[i];
    }
    run->results = results;
    run->count = GREAT_COUNT;
    return run;
}

START_TEST(test_size)
{
    struct run_record *run = great_run();
    struct junit_options options = options_of(true);
    options.size_limit = GREAT_LIMIT;
    struct buffer out = written(run, options);
    ck_assert_uint_le(out.size, GREAT_LIMIT);
    ck_assert_uint_ge(out.size, GREAT_LIMIT / 10 * 8);
    const char *view = read_back(&out, true);
    check_has(view, "all|102|101|0|1\n");
    check_has(buffer_string(&out),
              "bytes of details left out; the JSON report");
    check_has(buffer_string(&out), "Details left out because of the size");
    buffer_free(&out);
}
END_TEST

/* What remains when there is no room for any detail. */
START_TEST(test_no_room)
{
    struct junit_options options = options_of(true);
    options.size_limit = 1;
    struct buffer out = written(sample_run(), options);
    const char *view = read_back(&out, true);
    check_has(view, "all|13|3|1|5\n");
    check_not(buffer_string(&out), "conversation");
    buffer_free(&out);
}
END_TEST

START_TEST(test_cap)
{
    struct junit_options options = options_of(false);
    struct buffer out = buffer_make(1000);
    ck_assert(!junit_write(sample_run(), &options, &out));
    buffer_free(&out);
}
END_TEST

START_TEST(test_no_memory)
{
    struct junit_options options = options_of(_i);
    struct run_record *run = sample_run();
    struct buffer whole = written(run, options);
    long failing = 1;
    for (;; failing++) {
        struct buffer out = buffer_make(DOCUMENT_MAX);
        memory_fail_after(failing);
        bool good = junit_write(run, &options, &out);
        memory_fail_after(0);
        if (good)
            ck_assert(slice_equal(buffer_slice(&out), buffer_slice(&whole)));
        buffer_free(&out);
        if (good)
            break;
    }
    ck_assert_int_gt(failing, 10);
    buffer_free(&whole);
}
END_TEST

Suite *junit_suite(void)
{
    Suite *suite = suite_create("junit");
    TCase *tcase = tcase_create("junit");
    tcase_add_test(tcase, test_verdicts);
    tcase_add_test(tcase, test_details);
    tcase_add_test(tcase, test_plain_form);
    tcase_add_test(tcase, test_strict_warnings);
    tcase_add_test(tcase, test_names);
    tcase_add_loop_test(tcase, test_all_bytes, 0, 2);
    tcase_add_test(tcase, test_attributes);
    tcase_add_test(tcase, test_nothing_run);
    tcase_add_test(tcase, test_trouble_alone);
    tcase_add_test(tcase, test_unreachable);
    tcase_add_test(tcase, test_interrupted);
    tcase_add_test(tcase, test_size);
    tcase_add_test(tcase, test_no_room);
    tcase_add_test(tcase, test_cap);
    tcase_add_loop_test(tcase, test_no_memory, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
