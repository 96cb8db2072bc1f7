/* What the tests of the finished binary have in common: its end is judged
 * with all that it printed in the message. */
#ifndef MQTTSPEC_TEST_EXPECT_H
#define MQTTSPEC_TEST_EXPECT_H

#include "program.h"
#include "test/scratch.h"
#include <check.h>

#define QUICK "harness/test/end_to_end/quick.yaml"
#define CERTS "build/certs"
#define MOSQUITTO "fixtures/brokers/mosquitto.yaml"
#define AEDES_1 "fixtures/brokers/aedes-1.yaml"
#define AEDES_2 "fixtures/brokers/aedes-2.yaml"
#define TEST_SECONDS 180

#define expect_status(end, wanted)                                             \
    ck_assert_msg((end)->status == (wanted),                                   \
                  "exit status %d (signal %d) instead of %d\n%.3000s%.1000s",  \
                  (end)->status, (end)->signal, (wanted), (end)->out,          \
                  (end)->err)
#define expect_text(where, text)                                               \
    ck_assert_msg(strstr(where, text) != NULL, "no '%s' in\n%.3000s", text,    \
                  where)
#define expect_no_text(where, text)                                            \
    ck_assert_msg(strstr(where, text) == NULL, "'%s' in\n%.3000s", text, where)

/* A folder of the test's own, made before it and removed behind it. */
extern char expect_folder[SCRATCH_PATH];
void expect_begin(void);
void expect_end(void);
/* The file in that folder; valid until the next call but one. */
const char *expect_file(const char *name);

/* The JUnit file is well-formed, its counters agree with its elements, and
 * Debian's python3-junitparser reads it. */
void expect_junit(const char *path);
/* The XPath expression is true of the XML file. */
void expect_xpath(const char *path, const char *expression);
/* Whether the file holds the text. */
bool expect_in_file(const char *path, const char *text);

#endif
